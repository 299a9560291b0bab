import type { OutputSelection } from '@wutong/contract';
import { presentPerson } from '../../../identity/index.ts';
import type { Transaction } from '../../../platform/index.ts';
import {
  eventWindow,
  firstArrival,
  newestArrivals,
  readEvents,
  type EventFilter,
  type EventOutRow,
} from '../event-out-store.ts';
import type { OutputNeeds } from '../output-needs.ts';
import { settleWaiting, takeWaiting } from '../output-store.ts';
import { keyColumns, keyValues, plainColumn } from '../person-keys.ts';
import { personalProperties } from '../personal-properties.ts';
import type { OutputRow, OutputScope, OutputSubject, OutputValue, RowValues } from './output-subject.ts';

type Selection = Extract<OutputSelection, { subject: 'events' | 'receipts' }>;

/** What was stored before the output was made goes first, a day of arrival at a time; then batch after batch. */
interface EventCursor {
  /** Epoch ms: arrivals from here until `until` are still to be sent. */
  readonly from?: number;
  readonly until?: number;
}

/** Rows by days of arrival, or by batches. */
type EventPlan =
  | { readonly from: number; readonly until: number }
  | { readonly batchIds: string[]; readonly receivedFrom: number; readonly receivedTo: number };

const DAY_MS = 86_400_000;
const BATCHES_A_PORTION = 100;
const BATCHES_A_FILE = 1_000;
const MASKED = '***';

/** Facts about messages that stand in columns of their own. */
const RECEIPT_COLUMNS = [
  'message_id',
  'strategy_id',
  'strategy_version',
  'node_id',
  'entry',
  'channel',
  'supplier',
  'content_id',
  'content_variant',
  'reason',
];

/** Events, and receipts, which are the events that the hub states about messages. */
export function eventSubject(needs: OutputNeeds): OutputSubject<Selection> {
  const { clickhouse, database } = needs.platform;

  const filterOf = (selection: Selection): EventFilter =>
    selection.subject === 'receipts' ? { prefix: '$message_' } : { events: selection.events };

  return {
    check: () => Promise.resolve(),
    async begin(transaction, selection, now) {
      if (selection.startAt === 'now') return {};
      // Waits for the batches that end at this moment: from here on each batch that ends finds the output's row.
      await lockBatches(transaction);
      const from = await firstArrival(clickhouse);
      return from === undefined || from > now ? {} : { from, until: now + 1 };
    },
    async plan(scope, large) {
      const { from, until } = scope.cursor as EventCursor;
      if (from !== undefined && until !== undefined && from < until) {
        const next = await firstArrival(clickhouse, from, until);
        if (next !== undefined) return { from: next, until: Math.min(until, next + DAY_MS) };
      }
      const waiting = await takeWaiting(database, scope.outputId, large ? BATCHES_A_FILE : BATCHES_A_PORTION);
      if (waiting.length === 0) return undefined;
      return {
        batchIds: waiting.map((batch) => batch.batch_id),
        receivedFrom: Math.min(...waiting.map((batch) => batch.received_from)),
        receivedTo: Math.max(...waiting.map((batch) => batch.started_at)),
      };
    },
    columns({ selection }) {
      const keys = keyColumns(selection.keyTypes);
      const common = [...['event', 'time', 'person_id'].map(plainColumn), ...keys];
      return Promise.resolve(
        selection.subject === 'receipts'
          ? [...common, ...RECEIPT_COLUMNS.map(plainColumn)]
          : [
              ...common,
              ...['received_at', 'source_id'].map(plainColumn),
              { name: 'properties', personal: true },
            ],
      );
    },
    sample: (scope, limit) => newestArrivals(clickhouse, filterOf(scope.selection), limit),
    async *rows(scope, plan) {
      const personal = scope.open ? undefined : await personalProperties(database);
      const window = eventWindow(plan as unknown as EventPlan);
      const person = presentPerson('person_id', 'key_number');
      for await (const block of readEvents(clickhouse, window, filterOf(scope.selection), person)) {
        const keys = await keyValues(
          needs,
          block.map((row) => row.person),
          scope.selection.keyTypes,
          scope.open,
        );
        yield block.map((row) => toRow(scope, row, keys.get(row.person) ?? {}, personal));
      }
    },
    async masked() {
      const personal = await personalProperties(database);
      return (values) => {
        const hidden = personal.get(values.event as string);
        if (!hidden) return values;
        // Facts of receipts stand beside the event, the properties of others below it.
        const given = (values.properties ?? values) as Record<string, OutputValue>;
        const shown = { ...given };
        mask(shown, hidden);
        return (values.properties ? { ...values, properties: shown } : shown) as RowValues;
      };
    },
    async settle(transaction, scope, plan) {
      const sent = plan as unknown as EventPlan;
      if ('batchIds' in sent) {
        await settleWaiting(transaction, scope.outputId, sent.batchIds);
        return {};
      }
      const { until } = scope.cursor as EventCursor;
      return sent.until >= (until ?? 0) ? {} : { from: sent.until, until };
    },
  };
}

function toRow(
  scope: OutputScope<Selection>,
  row: EventOutRow,
  keys: Readonly<Record<string, OutputValue>>,
  personal: ReadonlyMap<string, ReadonlySet<string>> | undefined,
): OutputRow {
  const given = JSON.parse(row.properties) as Record<string, unknown>;
  const hidden = personal?.get(row.event);
  if (hidden) mask(given, hidden);
  const common = { event: row.event, time: iso(row.time_ms), person_id: row.person, ...keys };
  if (scope.selection.subject === 'receipts') {
    const facts = RECEIPT_COLUMNS.map((name) => [name, (given[name] as OutputValue | undefined) ?? null]);
    return {
      id: row.event_id,
      personId: row.person,
      values: { ...common, ...(Object.fromEntries(facts) as Record<string, OutputValue>) },
    };
  }
  const { source_id } = row;
  return {
    id: row.event_id,
    personId: row.person,
    values: { ...common, received_at: iso(row.received_ms), source_id, properties: given },
  };
}

/** Values that contradict the tracking plan lie under `$type_conflicts` by the same names. */
function mask(properties: Record<string, unknown>, hidden: ReadonlySet<string>): void {
  for (const name of Object.keys(properties)) if (hidden.has(name)) properties[name] = MASKED;
  const conflicts = properties['$type_conflicts'];
  if (typeof conflicts !== 'object' || conflicts === null) return;
  properties['$type_conflicts'] = Object.fromEntries(
    Object.entries(conflicts).map(([name, value]) => [name, hidden.has(name) ? MASKED : (value as unknown)]),
  );
}

const iso = (timeMs: number): string => new Date(timeMs).toISOString();

async function lockBatches(transaction: Transaction): Promise<void> {
  await transaction.execute('lock table ingest.batch in share row exclusive mode');
}
