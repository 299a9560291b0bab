import { ingestApi } from '@wutong/contract';
import { allows, CodedError, type HttpServer, type Platform } from '../platform/index.ts';
import type { RowRepair } from './imports/replay-rows.ts';
import type { BankDays } from './bank-day.ts';
import { ratesSince } from './event-store.ts';
import { readLedger, type LedgerEntry } from './ledger-store.ts';
import type { PlanEditor } from './manage-plan.ts';
import type { Sources } from './manage-sources.ts';
import type { RejectedPlace, RejectedRow } from './rejected-store.ts';
import type { Rejected } from './replay-rejected.ts';

/** Sources, ledger, rejected records and tracking plan over HTTP. */
export function addRoutes(
  server: HttpServer,
  needs: {
    platform: Platform;
    sources: Sources;
    rejected: Rejected;
    planEditor: PlanEditor;
    days: BankDays;
  },
): void {
  addSourceRoutes(server, needs.sources);
  addLedgerRoutes(server, needs);
  addRejectedRoutes(server, needs.rejected);
  addPlanRoutes(server, needs.planEditor);
}

function addSourceRoutes(server: HttpServer, sources: Sources): void {
  server.handle(ingestApi.listSources, async () => ({ items: await sources.list() }));
  server.handle(ingestApi.createSource, async ({ body, user }) => sources.create(body, user.userId));
  server.handle(ingestApi.readSource, async ({ params }) => sources.read(params.sourceId));
  server.handle(ingestApi.updateSource, async ({ params, body, user }) =>
    sources.update(params.sourceId, definedOnly(body), user.userId),
  );
  server.handle(ingestApi.createSourceKey, async ({ params, body, user }) =>
    sources.rotateKey(params.sourceId, body.expireOthersInHours, user.userId),
  );
  server.handle(ingestApi.revokeSourceKey, async ({ params, user }) =>
    sources.revokeKey(params.sourceId, params.keyId, user.userId),
  );
}

/** Without the fields that were not sent. */
function definedOnly<Body extends object>(body: Body): { [Name in keyof Body]?: NonNullable<Body[Name]> } {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as never;
}

function addLedgerRoutes(
  server: HttpServer,
  { platform, sources, days }: { platform: Platform; sources: Sources; days: BankDays },
): void {
  const rows = async (
    query: { day?: string | undefined; from?: string | undefined; to?: string | undefined },
    sourceId?: string,
  ): Promise<{ items: ingestApi.LedgerRow[] }> => {
    const today = days.dayOf(platform.clock.now());
    const from = query.day ?? query.from ?? '0000-01-01';
    const to = query.day ?? query.to ?? (today > from ? today : from);
    const entries = await readLedger(platform.database, { sourceId, from, to });
    return { items: entries.map(toLedgerRow) };
  };
  server.handle(ingestApi.listLedger, async ({ query }) => rows(query));
  server.handle(ingestApi.readSourceLedger, async ({ params, query }) => {
    const found = await rows(query, params.sourceId);
    if (found.items.length === 0 && !params.sourceId.startsWith('$')) await sources.read(params.sourceId);
    return found;
  });
  server.handle(ingestApi.listSourceRates, async ({ query }) => ({
    items: await ratesSince(platform.clickhouse, platform.clock.now() - query.minutes * 60_000),
  }));
}

const toLedgerRow = (entry: LedgerEntry): ingestApi.LedgerRow => ({
  ...entry,
  balanced: entry.received === entry.stored + entry.duplicate + entry.rejected,
});

function addRejectedRoutes(server: HttpServer, rejected: Rejected): void {
  server.handle(ingestApi.listRejected, async ({ query }) => {
    const { cursor, limit, ...filter } = query;
    const rows = await rejected.search(filter, { after: readCursor(cursor), limit: limit + 1 });
    const items = rows.slice(0, limit).map(toRejectedRecord);
    const last = rows[limit - 1];
    return {
      items,
      ...(rows.length > limit && last
        ? { nextCursor: `${last.received_at}_${last.row_number ?? 0}_${last.rejected_id}` }
        : {}),
      codes: await rejected.countByCode(filter),
    };
  });
  server.handle(ingestApi.readRejected, async ({ params, user }) => {
    const isMasked = !allows(user.permissions, 'pii.open');
    const row = isMasked
      ? await rejected.read(params.rejectedId)
      : await rejected.open(params.rejectedId, user.userId);
    return {
      ...toRejectedRecord(row),
      isMasked,
      raw: row.raw,
      rawEncoding: row.raw_encoding,
      ...(row.opened ? { opened: row.opened } : {}),
    };
  });
  server.handle(ingestApi.repairRejected, async ({ params, body, user }) =>
    toRejectedRecord(await rejected.repair(params.rejectedId, repairOf(body), user.userId)),
  );
  server.handle(ingestApi.replayRejected, async ({ body, user }) => rejected.replay(body, user.userId));
  server.handle(ingestApi.discardRejected, async ({ body, user }) => ({
    discarded: await rejected.discard(body.rejectedIds, user.userId),
  }));
}

const repairOf = (body: { raw?: string; cells?: Record<string, string> }): RowRepair =>
  body.cells === undefined ? { raw: body.raw! } : { cells: body.cells };

function readCursor(cursor: string | undefined): RejectedPlace | undefined {
  if (cursor === undefined) return undefined;
  const match = /^(\d{1,15})_(\d{1,15})_([0-9a-f-]{36})$/.exec(cursor);
  if (!match)
    throw new CodedError('invalid_request', {
      details: { problems: [{ path: 'query.cursor', message: 'not a cursor' }] },
    });
  return { receivedAt: Number(match[1]), row: Number(match[2]), rejectedId: match[3]! };
}

const iso = (timeMs: number): string => new Date(timeMs).toISOString();

function toRejectedRecord(row: RejectedRow): ingestApi.RejectedRecord {
  return {
    rejectedId: row.rejected_id,
    sourceId: row.source_id,
    receivedAt: iso(row.received_at),
    day: row.day,
    format: row.format,
    unit: row.unit,
    code: row.code,
    details: row.details,
    ...(row.event === null ? {} : { event: row.event }),
    sizeBytes: row.size_bytes,
    state: row.state,
    ...(row.settled_at === null ? {} : { settledAt: iso(row.settled_at) }),
    ...(row.tried_at === null ? {} : { triedAt: iso(row.tried_at) }),
    ...(row.import_id === null ? {} : { importId: row.import_id }),
    ...(row.file === null ? {} : { file: row.file }),
    ...(row.row_number === null ? {} : { row: row.row_number }),
  };
}

function addPlanRoutes(server: HttpServer, planEditor: PlanEditor): void {
  server.handle(ingestApi.listTrackingPlan, async ({ query }) => ({
    items: await planEditor.list({ search: query.search, hidden: query.hidden === 'true' }),
  }));
  server.handle(ingestApi.savePlanEvent, async ({ params, body, user }) =>
    planEditor.saveEvent(params.event, body, user.userId),
  );
  server.handle(ingestApi.savePlanProperty, async ({ params, body, user }) =>
    planEditor.saveProperty(params.event, params.property, body, user.userId),
  );
}
