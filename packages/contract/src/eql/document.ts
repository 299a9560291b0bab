import { z } from 'zod';
import {
  calendarUnitSchema,
  dateTextSchema,
  durationSchema,
  instantTextSchema,
  windowSchema,
} from './window.ts';
import type { CalendarUnit, Duration, TimeUnit, TimeWindow } from './window.ts';
import { sentence } from '../sentence.ts';

/** Largest accepted expression: deeper or larger ones are refused before any other work. */
export const eqlLimits = { depth: 40, nodes: 2_000, textLength: 20_000, listItems: 1_000 } as const;

export const comparisonOperators = ['=', '!=', '<', '<=', '>', '>='] as const;
export type ComparisonOperator = (typeof comparisonOperators)[number];

export const textOperators = ['contains', 'starts with', 'ends with', 'matches'] as const;
export type TextOperator = (typeof textOperators)[number];

/** Aggregates over the rows of a source; `days` counts distinct calendar days, `distinct` distinct values. */
export const aggregateFunctions = [
  'count',
  'sum',
  'avg',
  'min',
  'max',
  'distinct',
  'days',
  'first',
  'last',
  'nth',
] as const;
export type AggregateFunction = (typeof aggregateFunctions)[number];

/** Functions of one value; `year` … `hour` are parts of a date or a time, weekdays from Monday = 1. */
export const scalarFunctions = [
  'lower',
  'length',
  'size',
  'abs',
  'round',
  'year',
  'month',
  'day',
  'weekday',
  'hour',
] as const;
export type ScalarFunction = (typeof scalarFunctions)[number];

/** Events of the person, by name (`*`: any event), narrowed by properties, weekday, time of day and window. */
export interface EventSource {
  kind: 'event';
  event: string;
  property?: string;
  weekdays?: number[];
  timeOfDay?: { from: string; to: string };
  where?: Condition;
  window?: TimeWindow;
}

/** Details owned by, or entities related to, the one in question; `via` names the relation when several lead there. */
export interface RelatedSource {
  kind: 'related';
  name: string;
  via?: string;
  property?: string[];
  where?: Condition;
  window?: TimeWindow;
}
export type Source = EventSource | RelatedSource;

export type Value =
  | { kind: 'number'; value: number; unit?: string }
  | { kind: 'text'; value: string }
  | { kind: 'boolean'; value: boolean }
  | { kind: 'date'; value: string }
  | { kind: 'instant'; value: string }
  | { kind: 'list'; items: Value[] }
  | { kind: 'parameter'; name: string }
  | { kind: 'attribute'; path: string[] }
  | { kind: 'tag'; tag: string }
  | { kind: 'arithmetic'; operator: '+' | '-' | '*' | '/'; left: Value; right: Value }
  /** A time seen from now, such as `30 days ago`; stands beside a date or a time only. */
  | { kind: 'relative'; direction: 'ago' | 'ahead'; amount: number; unit: TimeUnit }
  | { kind: 'call'; function: ScalarFunction; value: Value }
  | { kind: 'elapsed'; unit: 'days' | 'months' | 'years'; direction: 'since' | 'until'; value: Value }
  | { kind: 'anniversary'; value: Value }
  | { kind: 'aggregate'; function: AggregateFunction; nth?: number; source: Source; by?: 'day' }
  | { kind: 'share'; part: Value; whole: Value }
  | { kind: 'activeShare'; source: EventSource }
  | { kind: 'streak'; source: EventSource; by: CalendarUnit }
  | { kind: 'gap'; measure: 'average' | 'variation'; source: EventSource }
  | { kind: 'top'; amount: number; source: EventSource; by: { function: 'count' | 'sum'; property?: string } }
  | { kind: 'distribution'; source: EventSource }
  | { kind: 'percentile'; value: Value }
  | { kind: 'rank'; value: Value }
  | { kind: 'daysIn'; segment: string };

export type Condition =
  | { kind: 'and'; items: Condition[] }
  | { kind: 'or'; items: Condition[] }
  | { kind: 'not'; item: Condition }
  | { kind: 'compare'; operator: ComparisonOperator; left: Value; right: Value }
  | { kind: 'oneOf'; value: Value; list: Value; negated?: boolean }
  | { kind: 'between'; value: Value; low: Value; high: Value }
  | { kind: 'text'; operator: TextOperator; value: Value; pattern: Value; negated?: boolean }
  | { kind: 'listHas'; quantifier: 'any' | 'all'; value: Value; list: Value }
  | { kind: 'missing'; value: Value; negated?: boolean }
  | { kind: 'inWindow'; value: Value; window: TimeWindow }
  | { kind: 'related'; quantifier: 'any' | 'all' | 'none'; source: RelatedSource }
  | { kind: 'did'; source: EventSource }
  | { kind: 'sequence'; steps: SequenceStep[]; same?: string }
  | { kind: 'consents'; purpose: string; channel: string }
  | { kind: 'inSegment'; segment: string }
  | { kind: 'changed'; direction: 'entered' | 'left'; segment: string; window: TimeWindow };

/** One step of a sequence; `within` counts from the step before. A negated step may stand between or at the end. */
export interface SequenceStep {
  source: EventSource;
  negated?: boolean;
  within?: Duration;
}

/**
 * A whole query: who (a population), or which value for each person (a tag). `timeZone` is given by name;
 * `timeZoneOf` instead is the one each person has: `person`, or the name of the relation to an entity (an
 * institution, a branch) that has it, in an attribute named `time_zone`.
 */
export type EqlDocument =
  | { kind: 'population'; of: string; where?: Condition; timeZone?: string; timeZoneOf?: string }
  | { kind: 'value'; value: Value; timeZone?: string; timeZoneOf?: string }
  | {
      kind: 'tier';
      tiers: { label: string; when: Condition }[];
      otherwise?: string;
      timeZone?: string;
      timeZoneOf?: string;
    }
  | {
      kind: 'rfm';
      source: EventSource;
      value: string;
      buckets: number;
      timeZone?: string;
      timeZoneOf?: string;
    };

// A line break cannot be written in a quoted name.
const name = z
  .string()
  .max(128)
  .regex(/^[^\n]+$/);
const parameterName = z.string().regex(/^[\p{L}_][\p{L}\p{N}_]{0,63}$/u);
const conditionLazy: z.ZodType<Condition> = z.lazy(() => conditionSchema);
const valueLazy: z.ZodType<Value> = z.lazy(() => valueSchema);
const clockText = z.string().regex(/^([01]\d|2[0-4]):[0-5]\d$/);

export const eventSourceSchema = z.object({
  kind: z.literal('event'),
  event: name,
  property: name.optional(),
  weekdays: z.array(z.number().int().min(1).max(7)).min(1).max(7).optional(),
  timeOfDay: z.object({ from: clockText, to: clockText }).optional(),
  where: conditionLazy.optional(),
  window: windowSchema.optional(),
});

export const relatedSourceSchema = z.object({
  kind: z.literal('related'),
  name,
  via: name.optional(),
  property: z.array(name).min(1).max(6).optional(),
  where: conditionLazy.optional(),
  window: windowSchema.optional(),
});

const sourceSchema = z.discriminatedUnion('kind', [eventSourceSchema, relatedSourceSchema]);

export const valueSchema: z.ZodType<Value> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('number'), value: z.number(), unit: name.optional() }),
  z.object({ kind: z.literal('text'), value: z.string().max(10_000) }),
  z.object({ kind: z.literal('boolean'), value: z.boolean() }),
  z.object({ kind: z.literal('date'), value: dateTextSchema }),
  z.object({ kind: z.literal('instant'), value: instantTextSchema }),
  z.object({ kind: z.literal('list'), items: z.array(valueLazy).max(eqlLimits.listItems) }),
  z.object({ kind: z.literal('parameter'), name: parameterName }),
  z.object({ kind: z.literal('relative'), direction: z.enum(['ago', 'ahead']), ...durationSchema.shape }),
  z.object({ kind: z.literal('attribute'), path: z.array(name).min(1).max(6) }),
  z.object({ kind: z.literal('tag'), tag: name }),
  z.object({
    kind: z.literal('arithmetic'),
    operator: z.enum(['+', '-', '*', '/']),
    left: valueLazy,
    right: valueLazy,
  }),
  z.object({
    kind: z.literal('call'),
    function: z.enum(scalarFunctions),
    value: valueLazy,
  }),
  z.object({
    kind: z.literal('elapsed'),
    unit: z.enum(['days', 'months', 'years']),
    direction: z.enum(['since', 'until']),
    value: valueLazy,
  }),
  z.object({ kind: z.literal('anniversary'), value: valueLazy }),
  z.object({
    kind: z.literal('aggregate'),
    function: z.enum(aggregateFunctions),
    nth: z.number().int().min(1).max(1_000).optional(),
    source: sourceSchema,
    by: z.literal('day').optional(),
  }),
  z.object({ kind: z.literal('share'), part: valueLazy, whole: valueLazy }),
  z.object({ kind: z.literal('activeShare'), source: eventSourceSchema }),
  z.object({ kind: z.literal('streak'), source: eventSourceSchema, by: calendarUnitSchema }),
  z.object({
    kind: z.literal('gap'),
    measure: z.enum(['average', 'variation']),
    source: eventSourceSchema,
  }),
  z.object({
    kind: z.literal('top'),
    amount: z.number().int().min(1).max(100),
    source: eventSourceSchema,
    by: z.object({ function: z.enum(['count', 'sum']), property: name.optional() }),
  }),
  z.object({ kind: z.literal('distribution'), source: eventSourceSchema }),
  z.object({ kind: z.literal('percentile'), value: valueLazy }),
  z.object({ kind: z.literal('rank'), value: valueLazy }),
  z.object({ kind: z.literal('daysIn'), segment: name }),
]);

const negated = z.boolean().optional();

export const conditionSchema: z.ZodType<Condition> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('and'), items: z.array(conditionLazy).min(1).max(200) }),
  z.object({ kind: z.literal('or'), items: z.array(conditionLazy).min(1).max(200) }),
  z.object({ kind: z.literal('not'), item: conditionLazy }),
  z.object({
    kind: z.literal('compare'),
    operator: z.enum(comparisonOperators),
    left: valueLazy,
    right: valueLazy,
  }),
  z.object({ kind: z.literal('oneOf'), value: valueLazy, list: valueLazy, negated }),
  z.object({ kind: z.literal('between'), value: valueLazy, low: valueLazy, high: valueLazy }),
  z.object({
    kind: z.literal('text'),
    operator: z.enum(textOperators),
    value: valueLazy,
    pattern: valueLazy,
    negated,
  }),
  z.object({
    kind: z.literal('listHas'),
    quantifier: z.enum(['any', 'all']),
    value: valueLazy,
    list: valueLazy,
  }),
  z.object({ kind: z.literal('missing'), value: valueLazy, negated }),
  z.object({ kind: z.literal('inWindow'), value: valueLazy, window: windowSchema }),
  z.object({
    kind: z.literal('related'),
    quantifier: z.enum(['any', 'all', 'none']),
    source: relatedSourceSchema,
  }),
  z.object({ kind: z.literal('did'), source: eventSourceSchema }),
  z.object({
    kind: z.literal('sequence'),
    steps: z
      .array(z.object({ source: eventSourceSchema, negated, within: durationSchema.optional() }))
      .min(2)
      .max(16),
    same: name.optional(),
  }),
  z.object({ kind: z.literal('consents'), purpose: z.string().max(128), channel: z.string().max(128) }),
  z.object({ kind: z.literal('inSegment'), segment: name }),
  z.object({
    kind: z.literal('changed'),
    direction: z.enum(['entered', 'left']),
    segment: name,
    window: windowSchema,
  }),
]);

const zoned = {
  timeZone: z.string().max(64).optional(),
  timeZoneOf: name.optional(),
};

/** Shape of a document whose size was already checked; use `eqlDocumentSchema` for input. */
const boundedDocumentSchema: z.ZodType<EqlDocument> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('population'), of: name, where: conditionLazy.optional(), ...zoned }),
  z.object({ kind: z.literal('value'), value: valueLazy, ...zoned }),
  z.object({
    kind: z.literal('tier'),
    tiers: z
      .array(z.object({ label: z.string().min(1).max(200), when: conditionLazy }))
      .min(1)
      .max(100),
    otherwise: z.string().max(200).optional(),
    ...zoned,
  }),
  z.object({
    kind: z.literal('rfm'),
    source: eventSourceSchema,
    value: name,
    buckets: z.number().int().min(2).max(10),
    ...zoned,
  }),
]);

/** Whether a JSON value stays within the limits of an expression; iterative, so that depth cannot hurt it. */
export function isWithinEqlLimits(input: unknown): boolean {
  // A JSON object nests roughly three levels for each level of the expression (node, array, item).
  const maximumJsonDepth = eqlLimits.depth * 3;
  const waiting: { value: unknown; depth: number }[] = [{ value: input, depth: 0 }];
  let objects = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next.value !== 'object' || next.value === null) continue;
    if (++objects > eqlLimits.nodes * 3 || next.depth > maximumJsonDepth) return false;
    for (const value of Object.values(next.value)) waiting.push({ value, depth: next.depth + 1 });
  }
  return true;
}

/** An EQL document as input: refused when too deep or too large, then checked for shape. */
export const eqlDocumentSchema = z
  .unknown()
  .refine(isWithinEqlLimits, sentence('表达式太深或太大', 'the expression is too deep or too large'))
  .pipe(boundedDocumentSchema);
