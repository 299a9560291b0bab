import { hubApi } from '@wutong/contract';
import {
  allows,
  CodedError,
  requireSeen,
  type CallingUser,
  type HttpServer,
  type Transaction,
} from '../platform/index.ts';
import {
  searchMessages,
  selectAttempts,
  selectMessage,
  selectReceipts,
  type AttemptRow,
  type MessageRow,
} from './message-store.ts';
import { entriesOfPosts } from './reserve-store.ts';
import { LANES_BY_NUMBER, type Channel, type Purpose, type Reservation } from './reservation.ts';
import type { RouteNeeds } from './route-needs.ts';

/** Strategy name under which messages of the API stand in the books; its nodes are contents. */
const API_STRATEGY = 'api';
const TEST_STRATEGY = 'test';

/** Messages: send, search, tell one's story; the books. */
export function routeMessages(server: HttpServer, room: RouteNeeds): void {
  const { platform, needs, hub } = room;
  const { database } = platform;

  server.handle(hubApi.readBooks, async ({ query }) => {
    const items = await hub.books(query);
    return { items, balanced: items.every((book) => book.balanced) };
  });

  server.handle(hubApi.sendMessages, async ({ body, seen }) => {
    const versions = await versionsOf(room, body.messages);
    const purposes = await purposesOf(room, body.messages, versions);
    const outcomes = await database.transaction(async (transaction) => {
      const personIds = await needs.identity.resolvePeople(
        transaction,
        body.messages.map((message) => message.to),
      );
      // Also whom nobody knew: a key that is new belongs to no institution yet.
      if (seen)
        await requireSeen(
          personIds.filter((personId) => personId !== undefined),
          seen.sees,
        );
      const posts = body.messages.flatMap((message, place) => {
        const personId = personIds[place];
        return personId === undefined ? [] : [{ message, place, personId }];
      });
      const entries = await entriesOfPosts(
        transaction,
        posts.map(({ message, personId }) => ({
          key: message.idempotencyKey,
          personId,
          contentId: message.contentId,
        })),
      );
      const reserved = await hub.reserve(
        transaction,
        posts.map(({ message, place, personId }, index): Reservation => ({
          strategyId: API_STRATEGY,
          strategyVersion: 0,
          // The content first posted with the key: another one with the same key is the same message.
          nodeId: entries[index]!.contentId,
          personId,
          entry: entries[index]!.entry,
          channel: message.channel,
          purpose: purposes[place]!,
          contentId: message.contentId,
          contentVersion: versions[place]!,
          context: message.context,
          ...(message.cascade ? { cascade: message.cascade } : {}),
          ...(message.notBefore ? { dueAt: Date.parse(message.notBefore) } : {}),
          ...(message.expiresAt ? { expiresAt: Date.parse(message.expiresAt) } : {}),
        })),
      );
      return new Map(posts.map(({ place }, index) => [place, reserved[index]!]));
    });
    return {
      items: body.messages.map(({ idempotencyKey }, place) => {
        const outcome = outcomes.get(place);
        if (outcome === undefined) return { idempotencyKey, reason: 'unusable_key', existing: false };
        const { messageId, state, reason, existing } = outcome;
        return { idempotencyKey, messageId, state, ...(reason ? { reason } : {}), existing };
      }),
    };
  });

  server.handle(hubApi.testSendContent, async ({ params, body }) => {
    const { contentId, version } = params;
    const outcome = await database.transaction(async (transaction) => {
      const [personId] = await needs.identity.resolvePeople(transaction, [body.to]);
      if (personId === undefined)
        throw new CodedError('invalid_request', { details: { reason: 'unusable_key' } });
      const stored = await needs.content.version({ contentId, version });
      if (stored === undefined) throw new CodedError('content_not_found', { details: { ...params } });
      const [entry] = await entriesOfPosts(transaction, [
        { key: `test ${platform.ids.newId()}`, personId, contentId },
      ]);
      const [reserved] = await hub.reserve(transaction, [
        {
          strategyId: TEST_STRATEGY,
          strategyVersion: 0,
          nodeId: contentId,
          personId,
          entry: entry!.entry,
          channel: body.channel,
          purpose: stored.purpose,
          lane: 'normal',
          contentId,
          contentVersion: version,
          context: body.context,
          isTest: true,
        },
      ]);
      return reserved!;
    });
    return {
      messageId: outcome.messageId,
      state: outcome.state,
      ...(outcome.reason ? { reason: outcome.reason } : {}),
    };
  });

  server.handle(hubApi.listMessages, async ({ query }) => {
    const { cursor, ...search } = query;
    const rows = await searchMessages(database, { ...search, before: cursor });
    const last = rows.length === query.limit ? rows.at(-1) : undefined;
    return { items: rows.map(presentMessage), ...(last ? { nextCursor: last.message_id } : {}) };
  });

  server.handle(hubApi.readMessage, async ({ params, query, user }) => {
    const row = await selectMessage(database, params.messageId);
    if (row === undefined) throw new CodedError('message_not_found');
    if (query.openFor !== undefined) {
      await database.transaction((transaction) =>
        openTexts(room, transaction, user, params.messageId, query.openFor!),
      );
    }
    const attempts = await selectAttempts(database, params.messageId);
    const receipts = await selectReceipts(
      database,
      attempts.map((attempt) => attempt.attempt_id),
    );
    return {
      message: presentMessage(row),
      attempts: attempts.map((attempt) => presentAttempt(room, attempt, query.openFor !== undefined)),
      receipts: receipts.map((receipt) => ({
        receiptId: receipt.receipt_id,
        attemptId: receipt.attempt_id,
        supplierId: receipt.supplier_id,
        providerId: receipt.provider_id,
        state: receipt.state,
        ...(receipt.code === null ? {} : { code: receipt.code }),
        receivedAt: iso(receipt.received_at),
        changed: receipt.changed,
      })),
    };
  });
}

async function openTexts(
  { platform }: RouteNeeds,
  transaction: Transaction,
  user: CallingUser,
  messageId: string,
  purpose: string,
): Promise<void> {
  if (!allows(user.permissions, 'pii.open')) {
    throw new CodedError('permission_denied', { details: { permission: 'pii.open' } });
  }
  await platform.audit.record(transaction, {
    actor: user.name,
    action: 'pii.open',
    object: `message ${messageId}`,
    detail: { purpose },
  });
}

/**
 * Purposes of the posts: the content was approved for one, and no caller can make marketing a service.
 * @throws CodedError invalid_request when a post names another purpose
 */
async function purposesOf(
  { needs }: RouteNeeds,
  messages: readonly { contentId: string; purpose?: Purpose | undefined }[],
  versions: readonly number[],
): Promise<Purpose[]> {
  const purposes: Purpose[] = [];
  for (const [place, { contentId, purpose }] of messages.entries()) {
    const stored = await needs.content.version({ contentId, version: versions[place]! });
    if (stored === undefined) throw new CodedError('content_not_found', { details: { contentId } });
    if (purpose !== undefined && purpose !== stored.purpose) {
      throw new CodedError('invalid_request', { details: { contentId, purpose: stored.purpose } });
    }
    purposes.push(stored.purpose);
  }
  return purposes;
}
async function versionsOf(
  { needs }: RouteNeeds,
  messages: readonly { contentId: string; contentVersion?: number; channel: Channel }[],
): Promise<number[]> {
  const approved = new Map<string, number>();
  const versions: number[] = [];
  for (const { contentId, contentVersion } of messages) {
    let version = contentVersion ?? approved.get(contentId);
    if (version === undefined) {
      const found = await needs.content.approvedVersion(contentId);
      if (found === undefined) throw new CodedError('content_not_approved', { details: { contentId } });
      version = found.version;
      approved.set(contentId, version);
    }
    versions.push(version);
  }
  return versions;
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

function presentMessage(row: MessageRow) {
  return {
    messageId: row.message_id,
    personId: row.person_id,
    strategyId: row.strategy_id,
    strategyVersion: row.strategy_version,
    nodeId: row.node_id,
    entry: row.entry,
    channel: row.channel,
    purpose: row.purpose,
    lane: LANES_BY_NUMBER[row.lane]!,
    contentId: row.content_id,
    contentVersion: row.content_version,
    ...(row.content_variant === null ? {} : { contentVariant: row.content_variant }),
    state: row.state,
    ...(row.reason === null ? {} : { reason: row.reason }),
    ...(row.supplier_id === null ? {} : { supplierId: row.supplier_id }),
    attempts: row.attempts,
    reservedAt: iso(row.reserved_at),
    ...(row.due_at === null ? {} : { dueAt: iso(Math.max(row.due_at, row.reserved_at)) }),
    ...(row.sent_at === null ? {} : { sentAt: iso(row.sent_at) }),
    ...(row.delivered_at === null ? {} : { deliveredAt: iso(row.delivered_at) }),
    ...(row.clicked_at === null ? {} : { clickedAt: iso(row.clicked_at) }),
  };
}

function presentAttempt({ platform }: RouteNeeds, row: AttemptRow, open: boolean) {
  const rendered =
    open && row.rendered !== null
      ? (JSON.parse(platform.secrets.decrypt(row.rendered)) as Record<string, string>)
      : undefined;
  return {
    attemptId: row.attempt_id,
    ordinal: row.ordinal,
    channel: row.channel,
    supplierId: row.supplier_id,
    state: row.state,
    ...(row.address_masked === null ? {} : { address: row.address_masked }),
    parts: row.parts,
    ...(row.code === null ? {} : { code: row.code }),
    calledAt: iso(row.called_at),
    ...(row.answered_at === null ? {} : { answeredAt: iso(row.answered_at) }),
    ...(row.final_at === null ? {} : { finalAt: iso(row.final_at) }),
    ...(rendered ? { rendered } : {}),
  };
}
