import type { AnalysedEvent, Breakdown, Period, Scope } from '@wutong/contract';
import { presentPerson } from '../../identity/index.ts';
import { CodedError, type Platform } from '../../platform/index.ts';
import { startOfDay } from '../bank-day.ts';
import type { InsightNeeds } from '../needs.ts';
import { isAmong } from './among-people.ts';
import { Bindings } from './bindings.ts';
import { anyOfNames, propertyText } from './event-sql.ts';

const DAY_MS = 86_400_000;
/** Parts of a whole that samples are drawn in. */
const SAMPLE_PARTS = 100_000;

/** The present person of a row of `event`. */
export const PERSON = presentPerson('person_id', 'key_number');
/** A row's time in epoch ms; times are after 1970, and the sign bit is not looked at. */
export const TIME = 'reinterpretAsUInt64(time)';

/** What a question is about, resolved: instants in epoch ms, `to` exclusive. */
export interface ResolvedScope {
  readonly from: number;
  readonly to: number;
  readonly now: number;
  readonly timeZone: string;
  readonly sample: number;
  readonly bindings: Bindings;
  /** SQL that narrows rows to the people asked about and the sample; '' or ` and …`. */
  readonly people: string;
}

/** What analyses are made with. */
export interface AnalysisNeeds {
  readonly platform: Pick<Platform, 'clickhouse' | 'clock' | 'config' | 'settings'>;
  readonly needs: Pick<InsightNeeds, 'audience' | 'profile'>;
}

/** A question that is asked for one group of people only: EQL that describes them, and EQL of groups before it. */
export interface Within {
  readonly within?: { readonly group: string | undefined; readonly before: readonly string[] };
}

/** @throws CodedError eql_invalid, analysis_invalid */
export async function resolveScope(
  { platform, needs }: AnalysisNeeds,
  scope: Scope & Within,
): Promise<ResolvedScope> {
  const now = platform.clock.now();
  const timeZone = checkedZone(scope.timeZone ?? platform.config.timeZone);
  const { from, to } = resolvePeriod(scope.period, now, timeZone);
  const bindings = new Bindings();
  let people = '';
  const narrow = async (text: string, prefix: string, operator: '' | 'not ') => {
    const { sql, parameters } = await needs.audience.peopleSql({ text }, prefix);
    bindings.take(parameters);
    people += ` and ${operator}${isAmong(PERSON, sql)}`;
  };
  if (scope.people !== undefined) await narrow(scope.people, 'of_', '');
  if (scope.within?.group !== undefined) await narrow(scope.within.group, 'within_', '');
  for (const [index, text] of (scope.within?.before ?? []).entries()) {
    await narrow(text, `before${index}_`, 'not ');
  }
  const sample = scope.sample ?? 1;
  if (sample < 1) {
    people += ` and cityHash64(${PERSON}) % ${SAMPLE_PARTS} < ${Math.round(sample * SAMPLE_PARTS)}`;
  }
  return { from, to, now, timeZone, sample, bindings, people };
}

/** @throws CodedError analysis_invalid when it ends before it begins */
export function resolvePeriod(period: Period, now: number, timeZone: string): { from: number; to: number } {
  if ('lastDays' in period) {
    const noon = startOfDay(now, timeZone) + DAY_MS / 2;
    // One ms more than now: what has just happened counts.
    return { from: startOfDay(noon - (period.lastDays - 1) * DAY_MS, timeZone), to: now + 1 };
  }
  const [from, to] = [Date.parse(period.from), Date.parse(period.to)];
  if (from >= to) throw new CodedError('analysis_invalid', { details: { reason: 'period_empty' } });
  if (from < 0) throw new CodedError('analysis_invalid', { details: { reason: 'before_1970' } });
  return { from, to };
}

function checkedZone(timeZone: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return timeZone;
  } catch {
    throw new CodedError('analysis_invalid', { details: { reason: 'unknown_time_zone', timeZone } });
  }
}

/** `from … prewhere … where …` of rows that may be one of the events, within [from, to) epoch ms. */
export function eventRows(
  scope: ResolvedScope,
  events: readonly AnalysedEvent[],
  times: { from?: number; to?: number } = {},
): string {
  const { bindings } = scope;
  const instant = (ms: number) => `fromUnixTimestamp64Milli(${bindings.integer(ms)}, 'UTC')`;
  return `from event prewhere ${anyOfNames(events, bindings)}
    where time >= ${instant(times.from ?? scope.from)} and time < ${instant(times.to ?? scope.to)}${scope.people}`;
}

/** Groups of a breakdown: SQL of a row's group where it is the row's own, or of a person's. */
export type GroupSql =
  | { readonly of: 'row'; readonly sql: string }
  /** `join` is put after a query with a column `person`; `sql` is the group's text. */
  | { readonly of: 'person'; readonly sql: string; readonly join: string };

/** @throws CodedError analysis_invalid when the attribute is not declared; eql_invalid */
export async function groupSql(
  { needs }: AnalysisNeeds,
  scope: ResolvedScope,
  { by }: Breakdown,
): Promise<GroupSql> {
  if (by.kind === 'property') return { of: 'row', sql: propertyText(by.property) };
  if (by.kind === 'attribute') {
    const { attributes } = await needs.profile.catalogue();
    const attribute = attributes.find((field) => field.name === by.attribute);
    if (!attribute) {
      throw new CodedError('analysis_invalid', {
        details: { reason: 'unknown_attribute', attribute: by.attribute },
      });
    }
    if (attribute.pii === 'identifying') {
      // Stored as a fingerprint: each group would be one person, under a name that says nothing.
      throw new CodedError('analysis_invalid', {
        details: { reason: 'identifying_attribute', attribute: by.attribute },
      });
    }
    return {
      of: 'person',
      sql: "ifNull(portrait.attribute, '')",
      join: `left join (select person_id, toString(${attribute.column}) as attribute from person final) as portrait
        on portrait.person_id = person`,
    };
  }
  const cases: string[] = [];
  for (const [index, group] of by.groups.entries()) {
    const { sql, parameters } = await needs.audience.peopleSql({ text: group.people }, `group${index}_`);
    scope.bindings.take(parameters);
    cases.push(`${isAmong('person', sql)}, ${scope.bindings.string(group.title)}`);
  }
  return { of: 'person', sql: `multiIf(${cases.join(', ')}, '')`, join: '' };
}
