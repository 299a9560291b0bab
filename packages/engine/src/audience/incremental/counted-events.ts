import type { Platform } from '../../platform/index.ts';
import type { BoundEventSource } from '../bind/bound.ts';
import { createRowCompiler } from '../compile/compile.ts';
import { eventCondition } from '../compile/event-rows.ts';
import { Parameters } from '../compile/parameters.ts';

/*
 * The events that are counted, in order of time and without their properties: `mask0` and so on have a bit for each
 * count. Those that leave a window as time goes on are found without reading others: among 20 million events a minute's
 * worth in 12 ms, which took 63 ms from the events themselves.
 *
 * Rows that are not settled count for the step that wrote them only, and are a partition of their own.
 */

const COUNTS_A_MASK = 64;

export const eventTable = (generation: number): string => `kept_event_${generation}`;

/** SQL of whether an event is counted by the count of an index. */
export const isCountedSql = (index: number): string =>
  `bitTest(mask${Math.floor(index / COUNTS_A_MASK)}, ${index % COUNTS_A_MASK})`;

export async function createEventTable(
  platform: Platform,
  generation: number,
  counts: number,
): Promise<void> {
  // One of that number is left of a state that PostgreSQL has forgotten.
  await platform.clickhouse.command(`DROP TABLE IF EXISTS ${eventTable(generation)}`);
  await platform.clickhouse.command(
    `CREATE TABLE ${eventTable(generation)}
       (time DateTime64(3, 'UTC'), person_id UInt64, key_number UInt64, step UInt64, settled UInt8,
        ${masks(counts)
          .map((mask) => `${mask} UInt64`)
          .join(', ')},
        INDEX step_range step TYPE minmax GRANULARITY 1)
     ENGINE = MergeTree PARTITION BY if(settled, toYYYYMM(time), 0) ORDER BY time`,
  );
}

const masks = (counts: number): string[] =>
  Array.from({ length: Math.ceil(counts / COUNTS_A_MASK) }, (_, index) => `mask${index}`);

/** Removes the rows that counted for one step only. */
export async function dropUnsettled(platform: Platform, generation: number): Promise<void> {
  await platform.clickhouse.command(`ALTER TABLE ${eventTable(generation)} DROP PARTITION 0`);
}

/** Removes the tables of all generations but one, and those that were kept before there were generations of events. */
export async function dropOtherGenerations(platform: Platform, keep: number): Promise<void> {
  const rows = await platform.clickhouse.query<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = currentDatabase()
       AND (name LIKE 'kept\\_event\\_%' OR name LIKE 'event\\_count\\_%' OR name LIKE 'event\\_match\\_%')`,
  );
  for (const { name } of rows) {
    if (name !== eventTable(keep)) await platform.clickhouse.command(`DROP TABLE IF EXISTS ${name}`);
  }
}

/** Which events a step writes. */
export interface EventsOfStep {
  readonly generation: number;
  readonly step: number;
  readonly now: number;
  /** Epoch ms; absent: from the beginning. */
  readonly receivedAfterMs: number | undefined;
  /** Epoch ms, included: later ones are not settled. */
  readonly receivedUntilMs: number;
}

/**
 * Writes the events that were received since, whatever the windows of the counts.
 *
 * @param sources by the index of the count; undefined: nobody asks for it any more
 */
export async function addEvents(
  platform: Platform,
  sources: readonly (BoundEventSource | undefined)[],
  of: EventsOfStep,
  settings: Record<string, string | number>,
): Promise<void> {
  const parameters = new Parameters();
  const compiler = createRowCompiler(parameters, of.now);
  // Events of one name are asked for it once.
  const byEvent = new Map<string | undefined, string[]>();
  const add = (event: string | undefined, bit: string): void => {
    byEvent.set(event, [...(byEvent.get(event) ?? []), bit]);
  };
  const columns = masks(sources.length).map((mask, number) => {
    byEvent.clear();
    const start = number * COUNTS_A_MASK;
    for (const [place, source] of sources.slice(start, start + COUNTS_A_MASK).entries()) {
      if (!source) continue;
      const { event, window: _, ...own } = source;
      const one = `toUInt64(${String(2n ** BigInt(place))})`;
      const condition = eventCondition(compiler, own);
      add(event, condition === '1' ? one : `(${condition}) * ${one}`);
    }
    const bits = [...byEvent].map(([event, each]) =>
      event === undefined
        ? each.join(' + ')
        : `(event = ${parameters.bind('String', event)}) * (${each.join(' + ')})`,
    );
    return `${bits.join(' + ') || 'toUInt64(0)'} AS ${mask}`;
  });
  const where: string[] = [];
  const events = [...new Set(sources.flatMap((source) => (source ? [source.event] : [])))];
  if (!events.includes(undefined)) where.push(`event IN ${parameters.bind('Array(String)', events)}`);
  if (of.receivedAfterMs !== undefined) {
    where.push(`received_at > ${parameters.instant(of.receivedAfterMs)}`);
  }
  const isCounted = masks(sources.length).map((mask) => `${mask} != 0`);
  where.push(isCounted.length === 1 ? isCounted[0]! : `(${isCounted.join(' OR ')})`);
  await platform.clickhouse.command(
    `INSERT INTO ${eventTable(of.generation)} (time, person_id, key_number, step, settled, ${masks(sources.length).join(', ')})
     SELECT time, person_id, key_number, ${of.step} AS step,
       received_at <= ${parameters.instant(of.receivedUntilMs)} AS settled, ${columns.join(', ')}
     FROM event WHERE ${where.join(' AND ')}`,
    parameters.values,
    // Both tables lie by person: each shard of a cluster keeps its own.
    { ...settings, parallel_distributed_insert_select: '2' },
  );
}
