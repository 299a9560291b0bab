import { presentPerson } from '../../identity/index.ts';
import type { BoundCondition } from '../bind/bound.ts';
import { createCompiler } from '../compile/compile.ts';
import type { Compiler, KeptCounts } from '../compile/compiler.ts';
import { Frame } from '../compile/frame.ts';
import type { Parameters } from '../compile/parameters.ts';
import type { PeopleFilter } from '../compile/people-filter.ts';
import { nameOf, type KeptPart } from './kept-part.ts';

/** A part that holds of some people, under its number. */
export type DecidedPart = { readonly part: number } & Exclude<KeptPart, { kind: 'count' }>;

/** The part of everybody. */
export const EVERYBODY = 0;

/** Where and when parts are decided. */
export interface Deciding {
  readonly parameters: Parameters;
  /** Epoch ms UTC. */
  readonly now: number;
  readonly step: number;
  /** By the name of a count, the number of its part. */
  readonly numberOf: (name: string) => number;
}

/** SQL of the bitmap of a kind of part after a step. */
export const partSql = (step: number, parts: readonly number[], kind: 'member' | 'changed'): string =>
  `(SELECT groupBitmapMergeState(people) FROM kept_people
    WHERE step = ${step} AND kind = '${kind}' AND part IN (${parts.join(', ')}))`;

/** Restricts tables to the people of a bitmap (SQL). */
const onlyPeople = (bitmap: string): PeopleFilter => ({
  present: (person) => `bitmapContains(${bitmap}, ${person})`,
  arrived: (person, key) => `bitmapContains(${bitmap}, ${presentPerson(person, key)})`,
});

/**
 * Queries of rows `part`, `people`: the persons, of all or of those of a bitmap (SQL), who exist (`EVERYBODY`) and whose
 * own rows or consents fit the parts.
 */
export function decidedRows(
  { parameters, now }: Deciding,
  parts: readonly DecidedPart[],
  among: string | undefined,
  everybody: boolean,
): string[] {
  const people = among === undefined ? undefined : onlyPeople(among);
  const compiler = createCompiler(parameters, { presentPerson, now }, people);
  const frame = new Frame(people, { kind: 'person' });
  const decided = new Map<number, string | undefined>(
    parts
      .filter(({ kind }) => kind === 'person')
      .map(({ part, condition }) => [part, compiler.condition(condition, { kind: 'frame', frame })]),
  );
  if (everybody) decided.set(EVERYBODY, undefined);
  const rows = decided.size === 0 ? [] : [decidedSql(`(${frame.toSql()})`, frame.key, decided)];
  const granted = new Map(
    parts.flatMap(({ part, condition }) =>
      condition.kind === 'consents' ? [[part, consentSql(parameters, condition)] as const] : [],
    ),
  );
  const where = people ? ` WHERE ${people.present('person_id')}` : '';
  if (granted.size > 0) rows.push(decidedSql(`consent FINAL${where}`, 'person_id', granted));
  return rows;
}

function consentSql(
  parameters: Parameters,
  { purpose, channel }: Extract<BoundCondition, { kind: 'consents' }>,
): string {
  const [ofPurpose, ofChannel] = [purpose, channel].map((text) => parameters.bind('String', text));
  return `granted AND purpose = ${ofPurpose} AND channel = ${ofChannel}`;
}

/** Parts of all the rows (no condition), and of those for which a condition holds. */
function decidedSql(
  from: string,
  person: string,
  conditions: ReadonlyMap<number, string | undefined>,
): string {
  const parts = [...conditions.keys()].map((part) => `toUInt32(${part})`).join(', ');
  const bitmaps = [...conditions.values()]
    .map((condition) =>
      condition === undefined ? `groupBitmapState(${person})` : `groupBitmapStateIf(${person}, ${condition})`,
    )
    .join(', ');
  return `SELECT row.1 AS part, row.2 AS people FROM (SELECT arrayJoin(arrayZip([${parts}], [${bitmaps}])) AS row FROM ${from})`;
}

/** Query of rows `part`, `people`: who of the people of a bitmap (SQL) fits a part that asks for counts, after a step. */
export function joinedRows(
  deciding: Deciding,
  { part, condition, counts }: Extract<DecidedPart, { kind: 'joined' }>,
  among: string,
): string {
  const { parameters, now } = deciding;
  const people = onlyPeople(among);
  const kept = keptCounts(deciding, counts, among);
  const compiler: Compiler = createCompiler(parameters, { presentPerson, now, counts: kept }, people);
  const frame = new Frame(people, { kind: 'person' });
  const sql = compiler.condition(condition, { kind: 'frame', frame });
  // Every person of the bitmap has a row of counts: the person's own is needed for its columns only.
  const rows = frame.needs().hasColumns ? frame.toSql() : frame.scanSql();
  return decidedSql(`(${rows})`, frame.key, new Map([[part, sql]]));
}

/** The counts of people, each a number again. */
function keptCounts({ step, numberOf }: Deciding, names: readonly string[], among: string): KeptCounts {
  const columns = new Map(names.map((name) => [name, `c${numberOf(name)}`]));
  const numbers = names.map(numberOf);
  const sums = numbers.map(
    (number) => `sumIf(bitShiftLeft(toUInt64(1), digit), part = ${number}) AS c${number}`,
  );
  return {
    columnOf: (source) => columns.get(nameOf(source)),
    rows: () =>
      `SELECT person AS scan_key, ${sums.join(', ')} FROM (
         SELECT part, digit, arrayJoin(bitmapToArray(bitmapAnd(people, ${among}))) AS person FROM kept_people
         WHERE step = ${step} AND kind = 'count' AND part IN (${numbers.join(', ')})
         UNION ALL SELECT toUInt32(${EVERYBODY}) AS part, toUInt8(0) AS digit, arrayJoin(bitmapToArray(${among})) AS person)
       GROUP BY scan_key`,
  };
}
