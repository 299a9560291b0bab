import type { Model } from './catalogue.ts';
import type { CheckedRelation } from './check-facts.ts';
import {
  ALWAYS_FROM,
  endsOf,
  idOfRelation,
  readStored,
  readUnbegun,
  type Ends,
} from './ends-of-relations.ts';
import { ALWAYS_TO_MS, relationRow } from './fact-rows.ts';
import { closeLines, sidesOf, type Placing } from './lines-of-relations.ts';
import type { Row } from './row.ts';
import { clickHouseTime } from './seal-value.ts';

const ALWAYS_TO = clickHouseTime(ALWAYS_TO_MS);

/** Whether a relation is told by what is stored of others; these are written under the lock of facts. */
export const needsPlacing = (model: Model, fact: CheckedRelation): boolean =>
  endsStored(fact) || sidesOf(model, fact.type).length > 0;

/**
 * The rows that relations ask for, in the light of what is stored: one that only says when it ended, or that it is
 * gone, means the relation that is there, whenever that began, or the one that is said later to have begun; and where
 * a type allows one far end only (a person has one manager), each holds until the next one begins, in whatever order
 * they come. Needs the lock of facts if any of them `needsPlacing`.
 */
export async function placeRelations(placing: Placing, facts: readonly CheckedRelation[]): Promise<Row[]> {
  const rows = await endRelations(placing, facts);
  if (!facts.some((fact) => needsPlacing(placing.model, fact))) return rows;
  const own = new Set(rows);
  const closed = await closeLines(placing, rows);
  return [...closed.filter((row) => !own.has(row)), ...rows];
}

const endsStored = (fact: CheckedRelation): boolean =>
  fact.validFrom === undefined && (fact.deleted === true || fact.validTo !== undefined);

/**
 * Relations whose ends were said to be apart without a beginning. Those that were written without the lock of facts are
 * placed again under it: what was said may have come in between, where neither saw the other.
 */
export async function saidToEnd(
  { clickhouse, people }: Placing,
  facts: readonly CheckedRelation[],
): Promise<CheckedRelation[]> {
  const asked = facts.map(relationRow);
  const ends = await endsOf(people, asked);
  const nameOf = pairNames(ends);
  const unbegun = await readUnbegun(
    clickhouse,
    typesOf(asked),
    ends.idsOf(asked, 'from'),
    ends.idsOf(asked, 'to'),
  );
  const isEnd = (row: Row): boolean =>
    row['unbegun'] === 1 || row.deleted === 1 || Number(row['gone_at']) > 0;
  const pairs = new Set(unbegun.filter(isEnd).map(nameOf));
  return facts.filter((_fact, index) => pairs.has(nameOf(asked[index]!)));
}

const pairNames =
  (ends: Ends) =>
  (row: Row): string =>
    `${String(row['relation_type'])} ${ends.nameOf(row, 'from')} ${ends.nameOf(row, 'to')}`;

/** Rows of the facts; those that end or delete what is stored take its beginning, and beginnings their end. */
async function endRelations(
  { clickhouse, people }: Placing,
  facts: readonly CheckedRelation[],
): Promise<Row[]> {
  const asked = facts.map(relationRow);
  const ends = await endsOf(people, asked);
  const pairs = new KnownPairs(pairNames(ends));
  const around = (rows: readonly Row[]) =>
    [typesOf(rows), ends.idsOf(rows, 'from'), ends.idsOf(rows, 'to')] as const;
  (await readUnbegun(clickhouse, ...around(asked))).forEach((row) => pairs.remember(row));
  const ending = asked.filter((_row, index) => endsStored(facts[index]!));
  const [types, fromIds, toIds] = around(ending);
  if (ending.length > 0)
    (await readStored(clickhouse, types, 'from', fromIds, toIds)).forEach((row) => pairs.remember(row));
  return [...facts]
    .sort((a, b) => a.at - b.at)
    .flatMap((fact) => {
      const row = relationRow(fact);
      const meant = endsStored(fact) ? endedBy(row, pairs) : begunBy(row, pairs);
      meant.forEach((each) => pairs.remember(each));
      return meant;
    });
}

const typesOf = (rows: readonly Row[]): Set<string> =>
  new Set(rows.map((row) => String(row['relation_type'])));

/** What is known of the relations between two ends, by the persons these are now. */
class KnownPairs {
  readonly #known = new Map<string, Map<string, Row>>();
  readonly #goneAt = new Map<string, number>();

  constructor(private readonly pairOf: (row: Row) => string) {}

  remember(row: Row): void {
    const name = this.pairOf(row);
    const pair = this.#known.get(name) ?? new Map<string, Row>();
    const before = pair.get(idOfRelation(row));
    if (!before || before.version <= row.version) pair.set(idOfRelation(row), row);
    this.#known.set(name, pair);
    this.#goneAt.set(name, Math.max(this.goneAt(row), Number(row['gone_at'])));
  }

  /** The relations of the pair that there are. */
  there(row: Row): Row[] {
    return [...(this.#known.get(this.pairOf(row))?.values() ?? [])].filter((each) => each.deleted === 0);
  }

  /** When the pair was last said to be gone, without a beginning; 0 when it never was. */
  goneAt(row: Row): number {
    return this.#goneAt.get(this.pairOf(row)) ?? 0;
  }
}

/** Rows of a relation that was said to begin, or to be: gone or ended where that was said later and came earlier. */
function begunBy(row: Row, pairs: KnownPairs): Row[] {
  if (row.deleted === 1) return [row];
  const goneAt = pairs.goneAt(row);
  const isUnbegun = row['valid_from'] === ALWAYS_FROM;
  if (goneAt > row.version) return [{ ...row, version: goneAt, deleted: 1, gone_at: isUnbegun ? goneAt : 0 }];
  const end = pairs.there(row).find((each) => each['unbegun'] === 1 && each.version > row.version);
  if (!end) return [{ ...row, gone_at: isUnbegun ? goneAt : 0 }];
  const ended: Row = { ...endOf(end, [row]), gone_at: isUnbegun ? goneAt : 0 };
  return idOfRelation(end) === idOfRelation(row) ? [ended] : [{ ...end, deleted: 1 }, ended];
}

/** Rows of what was said to be gone, or to have ended, without a beginning. */
function endedBy(row: Row, pairs: KnownPairs): Row[] {
  const there = pairs.there(row);
  const before = there.filter((each) => each.version <= row.version);
  if (row.deleted === 1) {
    const others = before.filter((each) => idOfRelation(each) !== idOfRelation(row));
    // A row that was said later and stays keeps in mind that the pair was gone before.
    const after = there.filter((each) => each.version > row.version && each['valid_from'] === ALWAYS_FROM);
    return [
      row,
      ...others.map((each) => ({ ...each, version: row.version, deleted: 1 })),
      ...after.map((each) => ({ ...each, gone_at: Math.max(Number(each['gone_at']), row.version) })),
    ];
  }
  if (before.length > 0) return [endOf(row, before)];
  // What is there was said later, so that an end that comes late (or again) has been overtaken.
  return there.length === 0 ? [{ ...row, unbegun: 1, gone_at: pairs.goneAt(row) }] : [];
}

/** Of the relations of a pair the one that an end means, ended: one that had begun, still open, the newest. */
function endOf(row: Row, before: readonly Row[]): Row {
  const end = String(row['said_to']);
  const rankOf = (each: Row): string =>
    [String(each['valid_from']) <= end, each['said_to'] === ALWAYS_TO].map(Number).join('') +
    String(each['valid_from']);
  // An end that is written again after a crash means the one that it ended.
  const again = before.find((each) => each.version === row.version && each['said_to'] === end);
  const meant = again ?? [...before].sort((a, b) => (rankOf(a) < rankOf(b) ? 1 : -1))[0]!;
  const both = (column: string): object => ({ ...(meant[column] as object), ...(row[column] as object) });
  return {
    ...meant,
    valid_to: end,
    said_to: end,
    attributes: both('attributes'),
    sealed: both('sealed'),
    version: row.version,
  };
}
