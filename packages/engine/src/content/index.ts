import { CodedError, type Platform } from '../platform/index.ts';
import {
  channelsOf,
  checkTexts,
  checkVariants,
  DEFAULT_FORBIDDEN_WORDS,
  fieldsOf,
  findForbiddenWord,
  type CheckRules,
} from './check-content.ts';
import { countSegments } from './count-segments.ts';
import type { Channel, Content, ContentNeeds, ContentProblem, ContentVersion } from './front-door.ts';
import { hashVersion } from './hash-version.ts';
import { presentVersion } from './present-version.ts';
import { createTemplateRenderer, type Escaping } from './render-template.ts';
import { routeContent } from './routes.ts';
import { insertVersion, lockItem, selectVersion, updateApproved } from './store.ts';

export type {
  Channel,
  Content,
  ContentNeeds,
  ContentProblem,
  ContentReference,
  ContentVariants,
  ContentVersion,
  PreviewResult,
  Purpose,
  RenderedContent,
} from './front-door.ts';
export { countSegments, isGsm7, splitSegments, type SmsSize } from './count-segments.ts';
/** Setting with the installation's own list of forbidden words (string[]). */
const FORBIDDEN_WORDS_SETTING = 'content.forbidden_words';
const KEPT_VERSIONS = 1_000;

/** The content room. */
export function createContent(platform: Platform, needs: ContentNeeds): Content {
  const { database, clock } = platform;
  const renderer = createTemplateRenderer(clock, platform.config.timeZone);
  const approved = new Map<string, ContentVersion>();
  // Rendering is synchronous, so it uses the words last read; they are read whenever content is checked.
  let forbiddenWords: readonly string[] = DEFAULT_FORBIDDEN_WORDS;

  async function rules(): Promise<CheckRules> {
    const own = await platform.settings.get<string[]>(FORBIDDEN_WORDS_SETTING);
    forbiddenWords = [...DEFAULT_FORBIDDEN_WORDS, ...(own ?? [])];
    return { forbiddenWords, personAttributes: await needs.personAttributes() };
  }

  function keep(version: ContentVersion): ContentVersion {
    if (version.state !== 'approved') return version;
    if (approved.size >= KEPT_VERSIONS) approved.delete(approved.keys().next().value!);
    approved.set(`${version.contentId} ${version.version}`, version);
    return version;
  }

  const content: Content = {
    async version({ contentId, version }) {
      const kept = approved.get(`${contentId} ${version}`);
      if (kept !== undefined) return kept;
      const row = await selectVersion(database, contentId, version);
      return row && keep(presentVersion(row));
    },

    async approvedVersion(contentId) {
      const row = await selectVersion(database, contentId, 'approved');
      return row && keep(presentVersion(row));
    },

    async create(transaction, input) {
      const hash = hashVersion(input.purpose, input.variants);
      const problems = checkVariants(input.variants, input.purpose, await rules(), renderer);
      const at = clock.now();
      const latest = await lockItem(transaction, { contentId: input.contentId, name: input.name, at });
      if (latest > 0) {
        const row = await selectVersion(transaction, input.contentId, latest);
        if (row?.hash === hash && row.state !== 'withdrawn') return presentVersion(row);
      }
      const row = {
        content_id: input.contentId,
        version: latest + 1,
        hash,
        name: input.name,
        purpose: input.purpose,
        variants: input.variants,
        problems,
        created_by: input.actor,
        created_at: at,
      };
      await insertVersion(transaction, row);
      return presentVersion({ ...row, state: 'draft', approved_by: null, approved_at: null });
    },

    async approve(transaction, input) {
      const row = await selectVersion(transaction, input.contentId, input.version);
      if (row === undefined)
        throw new CodedError('content_not_found', { details: { ...input, actor: undefined } });
      if (row.hash !== input.hash)
        throw new CodedError('content_hash_differs', { details: { hash: row.hash } });
      if (row.state === 'approved') return presentVersion(row);
      const errors = checkVariants(row.variants, row.purpose, await rules(), renderer).filter(
        (problem) => problem.severity === 'error',
      );
      if (errors.length > 0) throw new CodedError('content_has_problems', { details: { found: errors } });
      const at = clock.now();
      await updateApproved(transaction, { ...input, at });
      await platform.audit.record(transaction, {
        actor: input.actor,
        action: 'content.approve',
        object: `${input.contentId}/${input.version}`,
        detail: { hash: input.hash },
      });
      return presentVersion({ ...row, state: 'approved', approved_by: input.actor, approved_at: at });
    },

    render(version, channel, context) {
      const templates = fieldsOf(version.variants, channel);
      if (templates === undefined) {
        throw new CodedError('content_channel_missing', {
          details: { contentId: version.contentId, channel },
        });
      }
      const fields = renderFields(channel, templates, context, version.contentId);
      if (version.purpose === 'marketing') {
        const word = Object.values(fields)
          .map((text) => findForbiddenWord(text, forbiddenWords))
          .find((found) => found !== undefined);
        if (word !== undefined) {
          throw new CodedError('content_has_problems', {
            details: { contentId: version.contentId, channel, word },
          });
        }
      }
      return { channel, fields };
    },

    linkOf: (version, channel) => {
      const variant = version.variants[channel];
      return variant !== undefined && 'link' in variant ? variant.link : undefined;
    },

    async preview(input) {
      const checked = await rules();
      const person =
        input.personId === undefined
          ? undefined
          : (await needs.personContext([input.personId])).get(input.personId);
      const context = sampleContext(person, input.context);
      const previews = channelsOf(input.variants).map((channel) => {
        try {
          const fields = renderFields(channel, fieldsOf(input.variants, channel)!, context, 'preview');
          const size = channel === 'sms' ? countSegments(fields.text ?? '') : undefined;
          return {
            channel,
            fields,
            ...(size
              ? { segments: size.segments, encoding: size.encoding, length: fields.text!.length }
              : {}),
            problems: checkTexts(channel, fields, input.purpose, checked),
          };
        } catch (error) {
          return { channel, fields: {}, problems: [renderProblem(channel, error)] };
        }
      });
      return { previews, problems: checkVariants(input.variants, input.purpose, checked, renderer) };
    },

    routes: (server) => routeContent(server, platform, content),
  };

  function renderFields(
    channel: Channel,
    templates: Readonly<Record<string, string>>,
    context: Readonly<Record<string, unknown>>,
    contentId: string,
  ): Record<string, string> {
    const fields: Record<string, string> = {};
    for (const [field, template] of Object.entries(templates)) {
      try {
        fields[field] = renderer.render(template, context, escapingOf(channel, field));
      } catch (error) {
        const reason = error instanceof Error ? error.message.split('\n')[0]! : 'unknown';
        throw new CodedError('content_render_failed', {
          details: { contentId, field: `${channel}.${field}`, reason },
        });
      }
    }
    return fields;
  }

  return content;
}

function escapingOf(channel: Channel, field: string): Escaping {
  if (channel === 'email' && field === 'html') return 'html';
  return channel === 'webhook' ? 'json' : 'text';
}

/** Values a preview lacks because they are made when a message is sent. */
function sampleContext(
  person: Readonly<Record<string, unknown>> | undefined,
  context: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const own = (context.person ?? {}) as Record<string, unknown>;
  return {
    link: 'https://example.com/r/Sample12',
    unsubscribe_link: 'https://example.com/u/Sample12',
    ...context,
    person: { ...person, ...own },
  };
}

function renderProblem(channel: Channel, error: unknown): ContentProblem {
  const details = error instanceof CodedError ? error.details : {};
  const reason = typeof details.reason === 'string' ? details.reason : String(error);
  return {
    severity: 'error',
    code: 'template_error',
    channel,
    path: typeof details.field === 'string' ? details.field : channel,
    en: `It cannot be rendered for this sample: ${reason}`,
    zh: `无法按该示例渲染：${reason}`,
  };
}
