import { ADDRESS_KEY_TYPES, type Verdict } from '../decision/index.ts';
import type { Content, ContentVersion } from '../content/index.ts';
import { CodedError, type Platform } from '../platform/index.ts';
import { splitSegments } from '../content/index.ts';
import {
  chooseSupplier,
  type RoutableSupplier,
  type RouteRule,
  type ShareCounter,
} from './choose-supplier.ts';
import type { ClaimedMessage } from './claim-store.ts';
import { DEFAULT_CASCADE, exhausted } from './decide-outcome.ts';
import type { Address } from './front-door.ts';
import { createLink, type NewLink } from './make-links.ts';
import type { Channel } from './reservation.ts';
import { nextChannel } from './supplier-directory.ts';

/** All that is known of the people of a batch. */
export interface PeopleFacts {
  readonly addresses: ReadonlyMap<number, Address>;
  readonly attributes: ReadonlyMap<number, Readonly<Record<string, unknown>>>;
  readonly verdicts: ReadonlyMap<string, Verdict>;
  readonly versions: ReadonlyMap<string, ContentVersion>;
}

/** Where messages may go at this moment. */
export interface Routing {
  readonly routes: readonly RouteRule[];
  readonly suppliers: ReadonlyMap<string, RoutableSupplier>;
  readonly counter: ShareCounter;
  /** Suppliers whose sessions another process has. */
  readonly elsewhere: ReadonlySet<string>;
}

/** What a claimed message comes to. */
export type Composed =
  | {
      readonly kind: 'call';
      readonly supplierId: string;
      readonly address: Address | undefined;
      /** Opened; never stored or logged. */
      readonly opened: string;
      readonly fields: Readonly<Record<string, string>>;
      readonly links: readonly NewLink[];
      readonly parts: number;
    }
  /** Back to the queue: for another channel, another process, or a later time. */
  | {
      readonly kind: 'wait';
      readonly channel: Channel;
      readonly dueAt: number;
      readonly supplierId: string | null;
    }
  | { readonly kind: 'suppressed'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string }
  /** An earlier attempt was accepted and nothing better is left: it stands. */
  | { readonly kind: 'stands' };

// Refusals that another channel of the cascade may not meet.
const ABOUT_ADDRESS: ReadonlySet<string> = new Set(['no_address', 'suppressed_address']);

// Real time to wait when nobody can take a message at the moment.
const PARK_MS = 1_000;

/** Decides what becomes of one claimed message: end it, put it back, or call a supplier with its texts. */
export function composeMessage(
  platform: Platform,
  content: Pick<Content, 'render' | 'linkOf'>,
  message: ClaimedMessage,
  people: PeopleFacts,
  routing: Routing,
): Composed {
  const now = platform.clock.now();
  if (message.expires_at <= now)
    return message.sent_at === null ? { kind: 'failed', reason: 'expired' } : { kind: 'stands' };
  const verdict = people.verdicts.get(message.message_id);
  if (verdict?.kind === 'refuse') {
    const end: Composed = { kind: 'suppressed', reason: verdict.reason };
    if (ABOUT_ADDRESS.has(verdict.reason)) return elseNextChannel(message, now, end);
    return message.sent_at === null ? end : { kind: 'stands' };
  }
  if (verdict?.kind === 'defer') {
    return { kind: 'wait', channel: message.channel, dueAt: verdict.until, supplierId: null };
  }

  const needsAddress = ADDRESS_KEY_TYPES[message.channel] !== undefined;
  const address = people.addresses.get(message.person_id);
  if (needsAddress && address === undefined) {
    return elseNextChannel(message, now, { kind: 'suppressed', reason: 'no_address' });
  }
  const opened = address?.open() ?? '';
  const choice = chooseNext(message, opened, routing);
  if (choice.kind === 'wait') {
    return {
      kind: 'wait',
      channel: message.channel,
      dueAt: Math.floor(now + PARK_MS * platform.clock.rate),
      supplierId: null,
    };
  }
  if (choice.kind === 'none') {
    return elseNextChannel(message, now, {
      kind: 'failed',
      reason: message.tried.length === 0 ? 'no_route' : 'no_supplier_left',
    });
  }
  if (routing.elsewhere.has(choice.supplierId)) {
    return { kind: 'wait', channel: message.channel, dueAt: message.due_at, supplierId: choice.supplierId };
  }
  return render(platform, content, message, people, { supplierId: choice.supplierId, address, opened });
}

function chooseNext(
  message: ClaimedMessage,
  address: string,
  routing: Routing,
): ReturnType<typeof chooseSupplier> {
  if (message.tried.includes(exhausted(message.channel))) return { kind: 'none' };
  const triedHere = message.tried.filter((id) => routing.suppliers.get(id)?.channel === message.channel);
  if (triedHere.length >= (message.cascade ?? DEFAULT_CASCADE).maximumAttempts) return { kind: 'none' };
  return chooseSupplier(routing.routes, routing.suppliers, { ...message, address }, routing.counter);
}

function elseNextChannel(message: ClaimedMessage, now: number, end: Composed): Composed {
  const channel = nextChannel(message.cascade, message.channel);
  if (channel !== undefined) return { kind: 'wait', channel, dueAt: now, supplierId: null };
  return message.sent_at === null ? end : { kind: 'stands' };
}

function render(
  platform: Platform,
  content: Pick<Content, 'render' | 'linkOf'>,
  message: ClaimedMessage,
  people: PeopleFacts,
  target: { supplierId: string; address: Address | undefined; opened: string },
): Composed {
  const version = people.versions.get(`${message.content_id} ${message.content_version}`);
  if (version === undefined) return { kind: 'failed', reason: 'content_missing' };
  try {
    const own =
      message.context === null
        ? {}
        : (JSON.parse(platform.secrets.decrypt(message.context)) as Record<string, unknown>);
    const context: Record<string, unknown> = {
      now: new Date(platform.clock.now()),
      ...own,
      person: {
        ...people.attributes.get(message.person_id),
        ...(own.person as Record<string, unknown> | undefined),
      },
    };
    const links: NewLink[] = [];
    if (message.channel === 'sms' || message.channel === 'email') {
      // The target is itself a template; people get a short link in its place, which counts clicks.
      if (content.linkOf(version, message.channel) !== undefined) {
        const target = content.render(version, message.channel, {
          ...context,
          link: '',
          unsubscribe_link: '',
        }).fields.link!;
        const link = createLink('click', message, target);
        links.push(link);
        context.link = `${platform.config.publicUrl}/r/${link.token}`;
      }
      if (message.channel === 'email') {
        const link = createLink('unsubscribe', message, '');
        links.push(link);
        context.unsubscribe_link = `${platform.config.publicUrl}/u/${link.token}`;
      }
    }
    const rendered = content.render(version, message.channel, context);
    const fields: Record<string, string> = {
      ...rendered.fields,
      ...(typeof context.unsubscribe_link === 'string' ? { unsubscribe_link: context.unsubscribe_link } : {}),
    };
    const parts = message.channel === 'sms' ? splitSegments(fields.text ?? '').length : 1;
    return { kind: 'call', ...target, fields, links, parts };
  } catch (error) {
    if (error instanceof CodedError) return { kind: 'failed', reason: error.code };
    throw error;
  }
}
