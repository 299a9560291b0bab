import type { Catalogue, ReportAnswer, ReportCell, ReportRequest } from '@wutong/contract';
import type { PeopleQuery } from '../analyses/people-query.ts';
import { answerOf, runQuery, scaled } from '../analyses/run-query.ts';
import { resolveScope, type AnalysisNeeds, type ResolvedScope } from '../analyses/scope-sql.ts';
import { shiftedPeriod } from '../analyses/shift-period.ts';
import { readEntityTitles } from '../strategy/strategy-store.ts';
import { hideSmall, hideSmallTotal } from './hide-small.ts';
import { pathTo } from './read-tree.ts';
import { entityTypeOf, lookedUnder, makeDimension, refuse, type Dimension } from './report-dimensions.ts';
import { makeMeasures, reportRows, type Measure } from './report-sql.ts';

interface Resolved {
  readonly scope: ResolvedScope;
  readonly catalogue: Catalogue;
  readonly dimensions: readonly Dimension[];
  readonly measures: readonly Measure[];
  /** Statement of the rows, with `person`, `d0` …, and the measured columns. */
  readonly rows: string;
}

async function resolveReport(asking: AnalysisNeeds, request: ReportRequest): Promise<Resolved> {
  const catalogue = await asking.needs.profile.catalogue();
  // Without a period no time is looked at; the one given here bounds nothing.
  const scope = await resolveScope(asking, { ...request, period: request.period ?? { lastDays: 1 } });
  const context = { asking, scope, catalogue, request };
  const dimensions = await Promise.all(
    request.dimensions.map((dimension, place) => makeDimension(context, dimension, place)),
  );
  const { measures, values } = makeMeasures(catalogue, request);
  const rows = reportRows(catalogue, scope, request, { dimensions, values });
  return { scope, catalogue, dimensions, measures, rows };
}

interface Group {
  readonly values: readonly string[];
  readonly people: number;
  readonly numbers: readonly (number | null)[];
}

/** So many rows of a personal report are looked at for what would give a small one away, however few are shown. */
const ROWS_WEIGHED = 10_000;

/**
 * A report of the bank's business: totals are computed over the whole, not added up, so that a person counts once.
 * @throws CodedError analysis_invalid, eql_invalid, analysis_too_slow, analysis_too_large
 */
export async function runReport(
  asking: AnalysisNeeds,
  request: ReportRequest,
  smallestGroup: number,
): Promise<ReportAnswer> {
  const startedAt = performance.now();
  const resolved = await resolveReport(asking, request);
  const { scope, dimensions, measures } = resolved;
  const isPersonal = [...dimensions, ...measures].some((each) => each.isPersonal);
  // What is hidden beside a small row is the same for every order and limit: else two of them would tell it.
  const read = isPersonal ? Math.max(request.limit + 1, ROWS_WEIGHED) : request.limit + 1;
  const { groups, total } = await readGroups(asking, resolved, read);
  const before = request.compare ? await readBefore(asking, request, scope) : undefined;
  const titles = await readTitles(asking, resolved, groups.slice(0, request.limit));
  const rows = groups.map((group) => ({
    dimensions: group.values.map((value, place) => titles(place, value)),
    people: group.people,
    values: [...group.numbers],
    ...(before ? { before: [...(before.of(group.values)?.numbers ?? measures.map(() => null))] } : {}),
    hidden: false,
  }));
  const whole = {
    people: total.people,
    values: [...total.numbers],
    ...(before ? { before: [...before.total.numbers] } : {}),
  };
  const { from, to, ...said } = answerOf(scope, total.people * scope.sample, startedAt);
  return {
    ...said,
    ...(request.period && request.subject.kind !== 'people' ? { from, to } : {}),
    measures: measures.map((each) => each.title),
    dimensions: dimensions.map((each) => each.title),
    path: lookedUnder(dimensions).map((value) => {
      const { title } = titles(
        dimensions.findIndex((each) => each.tree),
        value,
      );
      return { value, title };
    }),
    rows: (isPersonal
      ? hideSmall(rows, smallestGroup, {
          peopleBefore: (row) => before?.of(row.dimensions.map(({ value }) => value))?.people ?? 0,
          pathOf: (place, value) => {
            const looked = dimensions[place]!.tree;
            return looked ? pathTo(looked.tree, value) : [];
          },
        })
      : rows
    ).slice(0, request.limit),
    total: isPersonal ? hideSmallTotal(whole, smallestGroup, before?.total.people ?? 0) : whole,
    isComplete: groups.length <= request.limit,
  };
}

async function readGroups(
  asking: AnalysisNeeds,
  { scope, dimensions, measures, rows }: Pick<Resolved, 'scope' | 'dimensions' | 'measures' | 'rows'>,
  limit: number,
): Promise<{ groups: Group[]; total: Group }> {
  const names = dimensions.map((_, place) => `d${place}`);
  const values = `[${names.map((name) => `toString(${name})`).join(', ')}]`;
  const sets = names.length === 0 ? '' : `group by grouping sets ((${names.join(', ')}), ())`;
  const whole = names.length === 0 ? '1' : `grouping(${names[0]})`;
  const numbers = measures.map((each) => `toFloat64OrNull(toString(${each.sql}))`);
  const read = await runQuery<{
    values: string[];
    people: number;
    numbers: (number | null)[];
    whole: number;
  }>(
    asking,
    scope,
    `select ${names.length === 0 ? 'emptyArrayString()' : values} as values, uniqExact(person) as people,
       [${numbers.join(', ')}] as numbers, ${whole} as whole
     from (${rows}) ${sets} order by whole desc, numbers[1] desc, values limit ${limit + 1}`,
  );
  const groups = read.map((row) => ({
    ...row,
    people: scaled(row.people, scope),
    numbers: row.numbers.map((value, place) =>
      value !== null && measures[place]!.isExtensive ? scaledNumber(value, scope) : value,
    ),
  }));
  const total = groups.find((row) => row.whole === 1) ?? {
    values: [],
    people: 0,
    numbers: measures.map(() => null),
  };
  return { groups: names.length === 0 ? [] : groups.filter((row) => row.whole === 0), total };
}

const scaledNumber = (value: number, { sample }: ResolvedScope): number =>
  sample < 1 ? value / sample : value;

/** The same numbers of the period before; places of times fit the present ones. */
async function readBefore(
  asking: AnalysisNeeds,
  request: ReportRequest,
  { from, to, timeZone }: ResolvedScope,
): Promise<{
  of(values: readonly string[]): Group | undefined;
  total: Group;
}> {
  if (!request.period || request.subject.kind === 'people') refuse('period_needed');
  const lastDays = 'lastDays' in request.period ? request.period.lastDays : undefined;
  const shifted = shiftedPeriod({ from, to, lastDays }, request.compare!, timeZone);
  const period = { from: new Date(shifted.from).toISOString(), to: new Date(shifted.to).toISOString() };
  const earlier = await resolveReport(asking, { ...request, period });
  const { groups, total } = await readGroups(asking, earlier, Math.max(10 * request.limit, ROWS_WEIGHED));
  const known = new Map(groups.map((group) => [JSON.stringify(group.values), group]));
  return { of: (values) => known.get(JSON.stringify(values)), total };
}

type Shown = ReportAnswer['rows'][number]['dimensions'][number];

/** How values are shown: names of entities, starts of periods, the values themselves. */
async function readTitles(
  asking: AnalysisNeeds,
  { catalogue, dimensions }: Resolved,
  groups: readonly Group[],
): Promise<(place: number, value: string) => Shown> {
  const known = await Promise.all(
    dimensions.map(async ({ entityType }, place) => {
      if (entityType === undefined) return new Map<string, string>();
      const type = entityTypeOf(catalogue, entityType);
      const field = type.fields.find((each) => each.name === type.titleField && each.pii !== 'identifying');
      if (!field) return new Map<string, string>();
      const ids = new Set([...groups.map((group) => group.values[place]!), ...lookedUnder(dimensions)]);
      return readEntityTitles(asking.platform.clickhouse, { table: type.table, column: field.column }, [
        ...ids,
      ]);
    }),
  );
  return (place, value) => {
    const { starts, tree } = dimensions[place]!;
    const at = starts?.[Number(value)];
    if (at !== undefined) return { value, title: new Date(at).toISOString() };
    const title = known[place]!.get(value) ?? value;
    if (!tree) return { value, title };
    const hasParts = value !== tree.under && (tree.tree.partsOf.get(value)?.length ?? 0) > 0;
    return { value, title, hasParts };
  };
}

/** People behind a row. @throws CodedError analysis_invalid */
export async function peopleOfReport(
  asking: AnalysisNeeds,
  request: ReportRequest,
  cell: ReportCell,
): Promise<PeopleQuery> {
  const { scope, rows, dimensions } = await resolveReport(asking, request);
  if (cell.values.length > dimensions.length) refuse('no_such_group', { values: cell.values });
  const conditions = cell.values.map(
    (value, place) => ` and toString(d${place}) = ${scope.bindings.string(value)}`,
  );
  return { scope, sql: `select person from (${rows}) where true${conditions.join('')}` };
}
