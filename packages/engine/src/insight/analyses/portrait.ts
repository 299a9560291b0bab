import type { Catalogue, PortraitAnswer, PortraitRequest } from '@wutong/contract';
import { CodedError } from '../../platform/index.ts';
import { cohensH, compareMeans, holmCorrected } from '../statistics/compare-means.ts';
import { compareProportions } from '../statistics/compare-proportions.ts';
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

/** Who an audience is. @throws CodedError eql_invalid, analysis_invalid, analysis_too_slow, analysis_too_large */
export async function analysePortrait(
  asking: AnalysisNeeds,
  request: PortraitRequest,
  smallestGroup: number,
): Promise<PortraitAnswer> {
  const startedAt = performance.now();
  const fields = chooseFields(await asking.needs.profile.catalogue(), request.attributes);
  const portrayed = { ...(await portrayedRows(asking, request, fields)), smallestGroup };
  const [sides] = await runQuery<{ people: number; others: number }>(
    asking,
    portrayed,
    `select countIf(in_people) as people, countIf(not in_people) as others ${portrayed.rows}`,
  );
  const sizes = sides!;
  const texts = fields.filter((field) => field.valueType !== 'number');
  const numbers = fields.filter((field) => field.valueType === 'number');
  const byValue = await readValues(portrayed, texts, request.valuesPerAttribute, sizes);
  const byNumber = await readNumbers(portrayed, numbers);
  const differences = [
    ...byValue.flatMap((each) => each.differences),
    ...byNumber.flatMap((each) => each.differences),
  ];
  return {
    asOf: new Date(asking.platform.clock.now()).toISOString(),
    tookMs: Math.round(performance.now() - startedAt),
    ...sizes,
    attributes: [...byValue, ...byNumber].map((each) => each.attribute),
    differences: rank(differences),
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
}

/** Shares of values; of lists, of people who have the value among others. */
async function readValues(
  { asking, bindings, rows, smallestGroup }: Portrayed,
  fields: readonly Field[],
  limit: number,
  sizes: { people: number; others: number },
): Promise<Portrait[]> {
  if (fields.length === 0) return [];
  const lists = fields.map((field, index) => `arrayMap(value -> (${index}, value), ${aliasOf(field)})`);
  const read = await runQuery<{ place: number; value: string; people: number; others: number }>(
    asking,
    { bindings },
    `select pair.1 as place, pair.2 as value, countIf(in_people) as people, countIf(not in_people) as others
     ${rows} array join arrayConcat(${lists.join(', ')}) as pair
     group by place, value order by people + others desc, value limit ${limit} by place`,
  );
  return fields.map((field, place) => {
    const lines = read.filter((row) => row.place === place);
    const share = (count: number, of: number) => (of === 0 ? 0 : count / of);
    const small = lines.filter(
      (row) => field.pii !== 'none' && Math.min(row.people, row.others) < smallestGroup,
    );
    // One hidden value alone could be worked out from the rest; lines stand in the order of their size.
    if (small.length === 1) small.push(...lines.filter((row) => row !== small[0]).slice(-1));
    const values = lines.map((row) => {
      const hidden = small.includes(row);
      const [people, others] = hidden ? [0, 0] : [row.people, row.others];
      return {
        value: row.value,
        people: { people, share: share(people, sizes.people) },
        others: { people: others, share: share(others, sizes.others) },
        hidden,
      };
    });
    const differences = values
      .filter((value) => !value.hidden)
      .map((value) => ({
        attribute: field.name,
        title: field.title.zh,
        value: value.value,
        people: value.people.share,
        others: value.others.share,
        effect: cohensH(value.people.share, value.others.share),
        p: compareProportions(
          { people: sizes.people, converted: value.people.people },
          { people: sizes.others, converted: value.others.people },
        ).p,
      }));
    return { attribute: { attribute: field.name, title: field.title.zh, values }, differences };
  });
}

interface NumberRow {
  known: [number, number];
  mean: [number | null, number | null];
  variance: [number | null, number | null];
  median: [number | null, number | null];
}

type NumberTuple = [
  NumberRow['known'],
  NumberRow['mean'],
  NumberRow['variance'],
  NumberRow['median'],
  /** Of both sides together. */
  median: number | null,
];

/** How many of each side are above a number, for each column. */
async function readAboveMedian(
  { asking, bindings, rows }: Pick<Portrayed, 'asking' | 'bindings' | 'rows'>,
  asked: readonly { readonly column: string; readonly median: number }[],
): Promise<[number, number][]> {
  const counts = asked.map(({ column, median }, index) => {
    const isAbove = `ifNull(${column} > ${bindings.bind('Float64', median)}, false)`;
    return `(countIf(in_people and ${isAbove}), countIf(not in_people and ${isAbove})) as above${index}`;
  });
  const [row] = await runQuery<Record<string, [number, number]>>(
    asking,
    { bindings },
    `select ${counts.join(', ')} ${rows}`,
  );
  return asked.map((_each, index) => row![`above${index}`]!);
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
  const above = await readAboveMedian(
    { asking, bindings, rows },
    fields.map((field, index) => ({ column: aliasOf(field), median: row![`number${index}`]![4] ?? 0 })),
  );
  return fields.map((field, index) => {
    const [known, mean, variance, median] = row![`number${index}`]!;
    const sample = (side: 0 | 1) => ({
      count: known[side],
      mean: mean[side] ?? 0,
      variance: variance[side] ?? 0,
    });
    const shown = (side: 0 | 1) => ({ known: known[side], mean: mean[side] ?? 0, median: median[side] ?? 0 });
    const { effect, p: ofMeans } = compareMeans(sample(0), sample(1));
    const { p: ofMedian } = compareProportions(
      { people: known[0], converted: above[index]![0] },
      { people: known[1], converted: above[index]![1] },
    );
    // Amounts of money have means that a few people make: looked at twice, so the smaller one counts double.
    const p = Math.min(1, 2 * Math.min(ofMeans, ofMedian));
    const named = { attribute: field.name, title: field.title.zh };
    // The mean of one person is that person's.
    if (field.pii !== 'none' && known.some((count) => count > 0 && count < smallestGroup)) {
      return { attribute: { ...named, values: [] }, differences: [] };
    }
    return {
      attribute: { ...named, values: [], numbers: { people: shown(0), others: shown(1) } },
      differences: [{ ...named, people: mean[0] ?? 0, others: mean[1] ?? 0, effect, p }],
    };
  });
}

/** Name of a field's column in the rows; its own begins with none of ours. */
const aliasOf = (field: Field): string => `\`attribute ${field.name}\``;

/** Significant ones by size; the same difference is not said twice for a yes and a no. */
function rank(differences: readonly Difference[]): Difference[] {
  const corrected = holmCorrected(differences.map((each) => each.p));
  return differences
    .map((each, index) => ({ ...each, p: corrected[index]! }))
    .filter((each) => each.p < SIGNIFICANT)
    .sort((one, other) => Math.abs(other.effect) - Math.abs(one.effect));
}
