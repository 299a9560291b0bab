import type { Catalogue, ReportMeasure, ReportRequest } from '@wutong/contract';
import { isEvent, propertyNumber } from '../analyses/event-sql.ts';
import { eventRows, PERSON, TIME, type ResolvedScope } from '../analyses/scope-sql.ts';
import { attributeOf, detailField, refuse, type Dimension } from './report-dimensions.ts';

/** A measure as it is asked in SQL, over columns of the report's rows. */
export interface Measure {
  readonly title: string;
  readonly sql: string;
  /** Grows with the number of people looked at. */
  readonly isExtensive: boolean;
  readonly isPersonal: boolean;
}

const KIND_TITLES = {
  count: '数量',
  people: '人数',
  sum: '合计',
  avg: '平均',
  min: '最小',
  max: '最大',
} as const;

/** Numbers that the subject's rows must have: alias, and SQL over the subject's own row or the portrait. */
interface Values {
  readonly ofFact: Map<string, string>;
  readonly ofPortrait: Map<string, string>;
}

/** Names, types and personal class of the measures. @throws CodedError analysis_invalid */
export function makeMeasures(
  catalogue: Catalogue,
  request: ReportRequest,
): { measures: Measure[]; values: Values } {
  const values: Values = { ofFact: new Map(), ofPortrait: new Map() };
  const measures = request.measures.map((measure, place) =>
    makeMeasure(catalogue, request, measure, place, values),
  );
  return { measures, values };
}

function makeMeasure(
  catalogue: Catalogue,
  { subject }: ReportRequest,
  measure: ReportMeasure,
  place: number,
  values: Values,
): Measure {
  const kind = KIND_TITLES[measure.kind];
  if (!('field' in measure)) {
    const sql = measure.kind === 'count' ? 'count()' : 'uniqExact(person)';
    return { title: measure.title ?? kind, sql, isExtensive: true, isPersonal: false };
  }
  const alias = `measure${place}`;
  let name = measure.field;
  let isPersonal = false;
  if (subject.kind === 'events') {
    values.ofFact.set(alias, propertyNumber(measure.field));
  } else {
    const field =
      subject.kind === 'details'
        ? detailField(catalogue, subject.detail, measure.field)
        : attributeOf(catalogue, measure.field);
    if (field.valueType !== 'number') return refuse('not_a_number', { field: measure.field });
    (subject.kind === 'details' ? values.ofFact : values.ofPortrait).set(alias, field.column);
    name = field.title.zh;
    isPersonal = field.pii !== 'none';
  }
  return {
    title: measure.title ?? `${name} · ${kind}`,
    sql: `${measure.kind}(${alias})`,
    isExtensive: measure.kind === 'sum',
    isPersonal,
  };
}

/** Rows of the subject with `person`, `at` and the columns asked for. @throws CodedError analysis_invalid */
function factRows(
  catalogue: Catalogue,
  scope: ResolvedScope,
  { subject, period }: ReportRequest,
  columns: ReadonlyMap<string, string>,
): string {
  const listed = [...columns].map(([alias, sql]) => `, ${sql} as ${alias}`).join('');
  if (subject.kind === 'people') {
    return `select person_id as person, toUInt64(0) as at${listed} from person final where true${scope.people}`;
  }
  if (subject.kind === 'events') {
    if (!period) refuse('period_needed');
    return `select ${PERSON} as person, ${TIME} as at${listed}
      ${eventRows(scope, [subject.event])} and ${isEvent(subject.event, scope.bindings)}`;
  }
  const type = catalogue.detailTypes.find((each) => each.name === subject.detail);
  if (!type || type.owner !== 'person') return refuse('unknown_detail', { detail: subject.detail });
  const instant = (ms: number) => `fromUnixTimestamp64Milli(${scope.bindings.integer(ms)}, 'UTC')`;
  const within = period ? ` and time >= ${instant(scope.from)} and time < ${instant(scope.to)}` : '';
  return `select ${PERSON} as person, toUInt64(greatest(0, toUnixTimestamp64Milli(time))) as at${listed}
    from ${type.table} final where true${within}${scope.people}`;
}

/** One row for each of the subject: `person`, values of dimensions as `d0` …, and what is measured. */
export function reportRows(
  catalogue: Catalogue,
  scope: ResolvedScope,
  request: ReportRequest,
  parts: { dimensions: readonly Dimension[]; values: Values },
): string {
  const { dimensions, values } = parts;
  const ofFact = new Map([...values.ofFact, ...dimensions.flatMap((each) => (each.fact ? [each.fact] : []))]);
  const ofPortrait = new Map([
    ...values.ofPortrait,
    ...dimensions.flatMap((each) =>
      [...each.attributes].map(([alias, field]) => [alias, field.column] as const),
    ),
  ]);
  const columns = [
    'fact.person as person',
    ...dimensions.map((each, place) => `${each.sql} as d${place}`),
    ...[...values.ofFact.keys()].map((alias) => `fact.${alias} as ${alias}`),
    ...[...values.ofPortrait.keys()].map((alias) => `portrait.${alias} as ${alias}`),
  ];
  const portrait =
    ofPortrait.size === 0
      ? ''
      : `left join (select person_id, ${[...ofPortrait].map(([alias, column]) => `${column} as ${alias}`).join(', ')}
           from person final) as portrait on portrait.person_id = fact.person`;
  // Below one institution only those who belong there are looked at, so that the total is theirs.
  const inside = dimensions.flatMap((each, place) =>
    each.tree?.under === undefined ? [] : [`d${place} != ''`],
  );
  const rows = `select ${columns.join(', ')} from (${factRows(catalogue, scope, request, ofFact)}) as fact
    ${portrait} ${dimensions.map((each) => each.joins).join(' ')}`;
  return inside.length === 0 ? rows : `select * from (${rows}) where ${inside.join(' and ')}`;
}
