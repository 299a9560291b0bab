import type { contentApi } from '@wutong/contract';
import type { HttpServer, Transaction } from '../platform/index.ts';

export type Channel = contentApi.Channel;
export type Purpose = contentApi.Purpose;
export type ContentVersion = contentApi.ContentVersion;
export type ContentVariants = contentApi.ContentVariants;
export type ContentProblem = contentApi.ContentProblem;

/** A version's name: content versions never change. */
export interface ContentReference {
  readonly contentId: string;
  readonly version: number;
}

/** Texts of one message, rendered for one person: field name → text. */
export interface RenderedContent {
  readonly channel: Channel;
  readonly fields: Readonly<Record<string, string>>;
}

/** What content asks of the rooms before it; main.ts composes it of the profile's front door. */
export interface ContentNeeds {
  /** Attributes of people by their names, for templates: `{{ person.name }}`. */
  personContext(
    personIds: readonly number[],
  ): Promise<ReadonlyMap<number, Readonly<Record<string, unknown>>>>;
  /** Names of the declared attributes of a person. */
  personAttributes(): Promise<ReadonlySet<string>>;
}

/** Content: what may be said, in which words, and who approved it. */
export interface Content {
  /** A version; undefined when there is none. Approved versions are kept in memory (they never change). */
  version(reference: ContentReference): Promise<ContentVersion | undefined>;
  /** The newest approved version. */
  approvedVersion(contentId: string): Promise<ContentVersion | undefined>;
  /** Writes a new version; identical texts give back the newest version. */
  create(
    transaction: Transaction,
    input: { contentId: string; name: string; purpose: Purpose; variants: ContentVariants; actor: string },
  ): Promise<ContentVersion>;
  /** @throws CodedError content_hash_differs, content_has_problems, content_not_found */
  approve(
    transaction: Transaction,
    input: ContentReference & { hash: string; actor: string },
  ): Promise<ContentVersion>;
  /**
   * Renders one channel of a version. Bounded: template size, rendering time and output length.
   * Marketing is checked again with its values in place.
   * @throws CodedError content_render_failed, content_channel_missing, content_has_problems
   */
  render(
    version: ContentVersion,
    channel: Channel,
    context: Readonly<Record<string, unknown>>,
  ): RenderedContent;
  /** Template of the target of {{ link }}, when the channel has one. */
  linkOf(version: ContentVersion, channel: Channel): string | undefined;
  /** Renders texts for a sample and says what is wrong with them; unsaved texts too. */
  preview(input: {
    variants: ContentVariants;
    purpose: Purpose;
    personId?: number;
    context?: Readonly<Record<string, unknown>>;
  }): Promise<PreviewResult>;
  routes(server: HttpServer): void;
}

/** Previews by channel, and what the rules say of the templates. */
export interface PreviewResult {
  previews: {
    channel: Channel;
    fields: Record<string, string>;
    segments?: number;
    encoding?: 'gsm7' | 'ucs2';
    length?: number;
    problems: ContentProblem[];
  }[];
  problems: ContentProblem[];
}
