import type { Catalogue, PortraitAnswer, PortraitRequest } from '@wutong/contract';
import { CodedError } from '../../platform/index.ts';
import { compareMeans, holmCorrected } from '../statistics/compare-means.ts';
import { compareShares } from '../statistics/compare-shares.ts';
import { cellsToHide } from '../statistics/protect-small.ts';
import { isAmong } from './among-people.ts';
import { Bindings } from './bindings.ts';
import { runQuery } from './run-query.ts';
import type { AnalysisNeeds } from './scope-sql.ts';

type Field = Catalogue['attributes'][number];
type Difference = PortraitAnswer['differences'][number];
type Attribute = PortraitAnswer['attributes'][number];

const MAXIMUM_ATTRIBUTES = 100;
const SIGNIFICANT = 0.05;

interface Portrayed {
  readonly asking: AnalysisNeeds;
  readonly bindings: Bindings;
  /** `from (…)`: one row a person of either side, with `in_people`. */
  readonly rows: string;
  /** Fewer people than this are not shown where the attribute is personal. */
  readonly smallestGroup: number;
}

interface Sides {
  readonly people: number;
  readonly others: number;
}

/** Who an audience is. @throws CodedError eql_invalid, analysis_invalid, analysis_too_slow, analysis_too_large */
export async function analysePortrait(
  asking: AnalysisNeeds,
  request: PortraitRequest,
  smallestGroup: number,
): Promise<PortraitAnswer> {
  const startedAt = performance.now();
  const fields = chooseFields(await asking.needs.profile.catalogue(), request.attributes);
  const portrayed = { ...(await portrayedRows(asking, request, fields)), smallestGroup };
  const texts = fields.filter((field) => field.valueType !== 'number');
  const numbers = fields.filter((field) => field.valueType === 'number');
  const { different, ...sizes } = await readSides(portrayed, texts);
  const byValue = await readValues(portrayed, texts, request.valuesPerAttribute, { sizes, different });
  const byNumber = await readNumbers(portrayed, numbers);
  const portraits = [...byValue, ...byNumber];
  return {
    asOf: new Date(asking.platform.clock.now()).toISOString(),
    tookMs: Math.round(performance.now() - startedAt),
    ...sizes,
    attributes: portraits.map((each) => each.attribute),
    differences: rank(portraits),
  };
}

/** Attributes that may be shown in sums: encrypted ones are fingerprints and say nothing. */
function chooseFields(catalogue: Catalogue, wanted: readonly string[] | undefined): Field[] {
  const showable = catalogue.attributes.filter(
    (field) => field.pii !== 'identifying' && field.valueType !== 'datetime' && field.valueType !== 'date',
  );
  const unknown = wanted?.filter((name) => !showable.some((field) => field.name === name)) ?? [];
  if (unknown.length > 0) {
    throw new CodedError('analysis_invalid', {
      details: { reason: 'unknown_attribute', attributes: unknown },
    });
  }
  return showable.filter((field) => wanted?.includes(field.name) ?? true).slice(0, MAXIMUM_ATTRIBUTES);
}

async function portrayedRows(
  asking: AnalysisNeeds,
  request: PortraitRequest,
  fields: readonly Field[],
): Promise<Omit<Portrayed, 'smallestGroup'>> {
  const bindings = new Bindings();
  const sqlOf = async (text: string, prefix: string) => {
    const { sql, parameters } = await asking.needs.audience.peopleSql({ text }, prefix);
    bindings.take(parameters);
    return sql;
  };
  const people = await sqlOf(request.people, 'people_');
  const against = request.against === undefined ? undefined : await sqlOf(request.against, 'against_');
  const columns = fields.map((field) => `, ${valueOf(field)} as ${aliasOf(field)}`).join('');
  const limited = against === undefined ? '' : `where in_people or ${isAmong('person_id', against)}`;
  return {
    asking,
    bindings,
    rows: `from (select ${isAmong('person_id', people)} as in_people${columns} from person final ${limited})`,
  };
}

function valueOf(field: Field): string {
  if (field.valueType === 'number') return field.column;
  if (field.valueType === 'string[]') return `arrayDistinct(${field.column})`;
  return `[ifNull(toString(${field.column}), '')]`;
}

interface Portrait {
  readonly attribute: Attribute;
  readonly differences: readonly Difference[];
  /** Part of the attribute's chance of a false alarm that each of its differences has: one of all it might show. */
  readonly weight: number;
}

/** How many are on each side, and how many different values each attribute has. */
async function readSides(
  { asking, bindings, rows }: Portrayed,
  texts: readonly Field[],
): Promise<Sides & { different: readonly number[] }> {
  const different = texts.map((field) => `uniqArray(${aliasOf(field)})`).join(', ');
  const [sides] = await runQuery<Sides & { different: number[] }>(
    asking,
    { bindings },
    `select countIf(in_people) as people, countIf(not in_people) as others, [${different}] as different ${rows}`,
  );
  return sides!;
}

/** Shares of values; of lists, of people who have the value among others. */
async function readValues(
  { asking, bindings, rows, smallestGroup }: Portrayed,
  fields: readonly Field[],
  limit: number,
  { sizes, different }: { sizes: Sides; different: readonly number[] },
): Promise<Portrait[]> {
  if (fields.length === 0) return [];
  const lists = fields.map((field, index) => `arrayMap(value -> (${index}, value), ${aliasOf(field)})`);
  // The commonest of either side: what most of a small audience have is rare among everybody.
  const shareOf = (side: keyof Sides) => `${side} / ${bindings.bind('Float64', Math.max(1, sizes[side]))}`;
  const read = await runQuery<Sides & { place: number; value: string }>(
    asking,
    { bindings },
    `select pair.1 as place, pair.2 as value, countIf(in_people) as people, countIf(not in_people) as others
     ${rows} array join arrayConcat(${lists.join(', ')}) as pair
     group by place, value
     order by greatest(${shareOf('people')}, ${shareOf('others')}) desc, people + others desc, value
     limit ${limit} by place`,
  );
  return fields.map((field, place) => {
    const lines = read.filter((row) => row.place === place);
    const share = (count: number, of: number) => (of === 0 ? 0 : count / of);
    const hidden = field.pii === 'none' ? new Set<number>() : linesToHide(lines, smallestGroup);
    const values = lines.map((row, line) => {
      const [people, others] = hidden.has(line) ? [0, 0] : [row.people, row.others];
      return {
        value: row.value,
        people: { people, share: share(people, sizes.people) },
        others: { people: others, share: share(others, sizes.others) },
        hidden: hidden.has(line),
      };
    });
    // Of a yes and a no, the no says the same once more: what these people have more of is said.
    const isEither = field.valueType !== 'string[]' && different[place]! <= 2;
    const differences = values
      .filter((value) => !value.hidden && (!isEither || value.people.share > value.others.share))
      .map((value) => ({
        attribute: field.name,
        title: field.title.zh,
        measure: 'share' as const,
        value: value.value,
        people: value.people.share,
        others: value.others.share,
        ...compareShares(
          { people: sizes.people, converted: value.people.people },
          { people: sizes.others, converted: value.others.people },
        ),
      }));
    return {
      attribute: { attribute: field.name, title: field.title.zh, values },
      differences,
      weight: isEither ? 1 : 1 / different[place]!,
    };
  });
}

/** Lines of a personal attribute that would tell of few people of a side, by themselves or by what the others leave. */
function linesToHide(lines: readonly Sides[], smallest: number): ReadonlySet<number> {
  let hidden = new Set<number>();
  for (let before = -1; before !== hidden.size;) {
    before = hidden.size;
    for (const side of ['people', 'others'] as const) {
      hidden = cellsToHide(
        lines.map((line) => ({ people: line[side], sums: ['all'] })),
        smallest,
        hidden,
      );
    }
  }
  return hidden;
}

type OfSides<Value> = [people: Value, others: Value];
type NumberTuple = [
  known: OfSides<number>,
  mean: OfSides<number | null>,
  variance: OfSides<number | null>,
  median: OfSides<number | null>,
  /** Of both sides together. */
  common: number | null,
];

/**
 * How many of each side are above the common median, for each column; where that many are equal to it that it parts
 * the people less evenly, how many are not below it.
 */
async function readAboveMedian(
  { asking, bindings, rows }: Pick<Portrayed, 'asking' | 'bindings' | 'rows'>,
  asked: readonly { readonly column: string; readonly median: number; readonly known: number }[],
): Promise<OfSides<number>[]> {
  const counts = asked.map(({ column, median }, index) => {
    const bound = bindings.bind('Float64', median);
    const sides = (operator: string) =>
      ['in_people', 'not in_people'].map(
        (side) => `countIf(${side} and ifNull(${column} ${operator} ${bound}, false))`,
      );
    return `[${[...sides('>'), ...sides('>=')].join(', ')}] as above${index}`;
  });
  const [row] = await runQuery<Record<string, [number, number, number, number]>>(
    asking,
    { bindings },
    `select ${counts.join(', ')} ${rows}`,
  );
  return asked.map(({ known }, index) => {
    const [people, others, peopleFrom, othersFrom] = row![`above${index}`]!;
    const fromHalf = (count: number) => Math.abs(count - known / 2);
    return fromHalf(people + others) <= fromHalf(peopleFrom + othersFrom)
      ? [people, others]
      : [peopleFrom, othersFrom];
  });
}

/** Means and medians of those who have a value. */
async function readNumbers(
  { asking, bindings, rows, smallestGroup }: Portrayed,
  fields: readonly Field[],
): Promise<Portrait[]> {
  if (fields.length === 0) return [];
  const both = (aggregate: string, column: string) =>
    `(${aggregate}(${column}, in_people and isNotNull(${column})), ${aggregate}(${column}, not in_people and isNotNull(${column})))`;
  const columns = fields.map((field, index) => {
    const column = aliasOf(field);
    const known = `(countIf(in_people and isNotNull(${column})), countIf(not in_people and isNotNull(${column})))`;
    return `(${known}, ${both('avgIf', column)}, ${both('varSampIf', column)}, ${both('quantileExactInclusiveIf(0.5)', column)}, quantile(0.5)(${column})) as number${index}`;
  });
  const [row] = await runQuery<Record<string, NumberTuple>>(
    asking,
    { bindings },
    `select ${columns.join(', ')} ${rows}`,
  );
  const read = fields.map((_field, index) => row![`number${index}`]!);
  const above = await readAboveMedian(
    { asking, bindings, rows },
    read.map(([known, , , , common], index) => ({
      column: aliasOf(fields[index]!),
      median: common ?? 0,
      known: known[0] + known[1],
    })),
  );
  return fields.map((field, index) => {
    const [known] = read[index]!;
    const named = { attribute: field.name, title: field.title.zh };
    // The mean of one person is that person's.
    if (field.pii !== 'none' && known.some((count) => count > 0 && count < smallestGroup)) {
      return { attribute: { ...named, values: [] }, differences: [], weight: 1 };
    }
    const { people, others, difference } = compareNumbers(read[index]!, above[index]!);
    return {
      attribute: { ...named, values: [], numbers: { people, others } },
      differences: [{ ...named, ...difference }],
      weight: 1,
    };
  });
}

/** Both sides of a number, and what tells them apart most surely: their means, or which half they are in. */
function compareNumbers(
  [known, mean, variance, median]: NumberTuple,
  above: OfSides<number>,
): Pick<NonNullable<Attribute['numbers']>, 'people' | 'others'> & {
  difference: Omit<Difference, 'attribute' | 'title'>;
} {
  const shown = (side: 0 | 1) => ({ known: known[side], mean: mean[side] ?? 0, median: median[side] ?? 0 });
  const sample = (side: 0 | 1) => ({
    count: known[side],
    mean: mean[side] ?? 0,
    variance: variance[side] ?? 0,
  });
  const [people, others] = [shown(0), shown(1)];
  const ofMeans = compareMeans(sample(0), sample(1));
  const ofMedians = compareShares(
    { people: known[0], converted: above[0] },
    { people: known[1], converted: above[1] },
  );
  // Amounts of money have means that a few people make: looked at twice, so the smaller one counts double.
  const p = Math.min(1, 2 * Math.min(ofMeans.p, ofMedians.p));
  const isSoOfMedians = Math.sign(people.median - others.median) === Math.sign(ofMedians.effect);
  const measure = ofMedians.p < ofMeans.p && isSoOfMedians ? 'median' : 'mean';
  const { effect } = measure === 'median' ? ofMedians : ofMeans;
  return {
    people,
    others,
    difference: { measure, people: people[measure], others: others[measure], effect, p },
  };
}

/** Name of a field's column in the rows; its own begins with none of ours. */
const aliasOf = (field: Field): string => `\`attribute ${field.name}\``;

/** Significant ones by size, corrected for all that were looked at, whether shown or not. */
function rank(portraits: readonly Portrait[]): Difference[] {
  const looks = portraits.flatMap(({ differences, weight }) =>
    differences.map((difference) => ({ difference, p: difference.p, weight })),
  );
  const corrected = holmCorrected(looks, portraits.length);
  return looks
    .map(({ difference }, index) => ({ ...difference, p: corrected[index]! }))
    .filter((each) => each.p < SIGNIFICANT)
    .sort((one, other) => Math.abs(other.effect) - Math.abs(one.effect));
}
