import type { ClickHouse } from '../platform/index.ts';
import type { Model } from './catalogue.ts';
import type { CheckedRelation } from './check-facts.ts';
import { ALWAYS_TO_MS, type Row } from './fact-rows.ts';
import { pageIds } from './page-ids.ts';
import { clickHouseTime } from './seal-value.ts';

/**
 * Where a type allows one far end only (a person has one manager), a new relation ends the older one with another
 * far end: rows that close the stored ones that are open, and the same among the given rows, which are changed.
 */
export async function closeReplaced(
  clickhouse: ClickHouse,
  model: Model,
  facts: readonly CheckedRelation[],
  rows: Row[],
): Promise<Row[]> {
  const closed: Row[] = [];
  for (const side of ['from', 'to'] as const) {
    const cardinalities = side === 'from' ? ['many_to_one', 'one_to_one'] : ['one_to_many', 'one_to_one'];
    const single = rows.filter((row, index) => {
      const type = model.relationTypes.get(facts[index]!.type)!;
      return cardinalities.includes(type.cardinality) && row.deleted === 0;
    });
    if (single.length > 0) closed.push(...(await closeOnSide(clickhouse, side, single)));
  }
  return closed;
}

async function closeOnSide(
  clickhouse: ClickHouse,
  side: 'from' | 'to',
  rows: readonly Row[],
): Promise<Row[]> {
  const far = side === 'from' ? 'to' : 'from';
  const idOf = (row: Row): string =>
    `${String(row['relation_type'])} ${String(row[`${side}_type`])} ${String(row[`${side}_id`])}`;
  const newest = new Map<string, Row>();
  for (const row of rows) {
    const rival = newest.get(idOf(row));
    if (rival && rival[`${far}_id`] !== row[`${far}_id`]) {
      const [older, younger] = rival.version <= row.version ? [rival, row] : [row, rival];
      closeAt(older, younger);
      newest.set(idOf(row), younger);
    } else newest.set(idOf(row), row);
  }
  const closed: Row[] = [];
  const types = [...new Set(rows.map((row) => row['relation_type']))];
  for (const ids of pageIds(new Set([...newest.values()].map((row) => row[`${side}_id`] as string)))) {
    const stored = await clickhouse.query<Row>(
      `select * from relation final
       where relation_type in {types:Array(String)} and ${side}_id in {ids:Array(String)} and valid_to = {open:String}`,
      { types, ids, open: clickHouseTime(ALWAYS_TO_MS) },
    );
    for (const row of stored) {
      const rival = newest.get(idOf(row));
      if (!rival || rival[`${far}_id`] === row[`${far}_id`]) continue;
      if (row.version <= rival.version) {
        closeAt(row, rival);
        closed.push(row);
      } else closeAt(rival, row);
    }
  }
  return closed;
}

/** Ends a relation where another begins; the row keeps its identity and its version, and is written later. */
function closeAt(older: Row, younger: Row): void {
  const start = String(younger['valid_from']);
  const unbounded = start.startsWith('1900-01-01');
  older['valid_to'] = unbounded ? clickHouseTime(younger.version) : start;
}
