import { deterministicId, type Platform } from '../platform/index.ts';
import type { InsightNeeds, ReportedStrategy } from './needs.ts';

/** An event as a test writes it down; `time` in epoch ms UTC. */
export interface TestEvent {
  readonly person: number;
  readonly event: string;
  readonly time: number;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly source?: string;
}

let inserted = 0;

/** Puts events into the log as ingest does: numbers as Float64, each with an id of its own. */
export async function insertEvents(platform: Platform, events: readonly TestEvent[]): Promise<void> {
  await platform.clickhouse.insert(
    'event',
    events.map((each) => ({
      person_id: each.person,
      key_number: each.person,
      time: (each.time / 1000).toFixed(3),
      received_at: (each.time / 1000).toFixed(3),
      event: each.event,
      event_id: deterministicId('test', String(inserted++)),
      source_id: each.source ?? (each.event.startsWith('$') ? '$wutong' : 'app'),
      batch_id: deterministicId('test', 'batch'),
      properties: each.properties ?? {},
    })),
    { settings: { input_format_try_infer_integers: 0 } },
  );
}

/** Earlier rooms as insight sees them, with nothing in them except what a test gives. */
export function testNeeds(given: {
  readonly strategies?: readonly ReportedStrategy[];
  readonly hub?: Partial<InsightNeeds['hub']>;
  readonly profile?: InsightNeeds['profile'];
  readonly audience?: Partial<InsightNeeds['audience']>;
}): InsightNeeds {
  const strategies = given.strategies ?? [];
  const unasked = () => Promise.reject(new Error('not asked in this test'));
  return {
    identity: {
      totals: async () => ({
        people: 0,
        peopleSince: 0,
        keys: 0,
        keysSince: 0,
        merged: 0,
        mergedSince: 0,
        identified: 0,
      }),
    },
    ingest: {
      rejectedTotals: async () => ({ rejected: 0, rejectedToday: 0 }),
      eventTitle: async () => undefined,
    },
    profile: given.profile ?? {
      catalogue: async () => ({
        version: 1,
        attributes: [],
        entityTypes: [],
        relationTypes: [],
        detailTypes: [],
        purposes: [],
      }),
    },
    audience: {
      check: async () => ({ problems: [] }),
      peopleSql: unasked,
      declareUses: unasked,
      tagGroups: unasked,
      mayAsk: async (questions) => questions.map(() => true),
      totals: async () => ({ segments: 0, people: 0, provedWrong: 0 }),
      troubles: async () => [],
      ...given.audience,
    },
    hub: {
      books: async () => [],
      tally: async () => [],
      suppliers: async () => [],
      openTasks: async () => 0,
      ...given.hub,
    },
    segments: { createImported: unasked },
    mail: { send: unasked },
    canvas: {
      strategies: async () => strategies,
      strategy: async (strategyId) => strategies.find((each) => each.strategyId === strategyId),
    },
  };
}
