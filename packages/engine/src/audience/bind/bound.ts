import type {
  AggregateFunction,
  CalendarUnit,
  ComparisonOperator,
  TextOperator,
  TimeWindow,
} from '@wutong/contract';
import type { ResolvedWindow } from '../resolve-window.ts';

/** Types of EQL values. A `list` holds texts; a `map` gives a share for each text. */
export type EqlType = 'text' | 'number' | 'boolean' | 'date' | 'instant' | 'list' | 'map';

/** Numbers a calendar gives; weekdays from Monday = 1. */
export type DatePart = 'year' | 'month' | 'day' | 'weekday' | 'hour';

/** Whom or what a condition is about: a person, an entity of a type, a row of a detail, or one event. */
export type Subject =
  | { readonly kind: 'person' }
  | { readonly kind: 'entity'; readonly type: string; readonly table: string }
  | {
      readonly kind: 'detail';
      readonly type: string;
      readonly table: string;
      readonly historyTable: string;
      readonly owner: string;
    }
  | { readonly kind: 'event' };

/** A declared field of a person, entity or detail. `column` is quoted already. */
export interface FieldRef {
  readonly name: string;
  readonly column: string;
  readonly type: EqlType;
}

interface Typed {
  readonly type: EqlType;
  readonly unit?: string | undefined;
}

/** Events after binding: names and bounds are resolved, the condition is about single events. */
export interface BoundEventSource {
  readonly kind: 'event';
  /** Absent: any event. */
  readonly event?: string;
  readonly property?: BoundValue | undefined;
  /** In which weekdays, times of day and calendar units are told. */
  readonly timeZone: string;
  readonly weekdays?: readonly number[] | undefined;
  /** Minutes from midnight; from included, to excluded; over midnight when from is the later one. */
  readonly minutes?: { readonly from: number; readonly to: number } | undefined;
  readonly where?: BoundCondition | undefined;
  readonly window?: ResolvedWindow | undefined;
  /** The window as written, which stays the same while its bounds move on. */
  readonly windowAsWritten?: TimeWindow | undefined;
}

/** Details owned by the subject. */
export interface BoundDetailSource {
  readonly kind: 'detail';
  readonly owner: Subject;
  readonly detail: Extract<Subject, { kind: 'detail' }>;
  readonly property?: BoundValue | undefined;
  readonly where?: BoundCondition | undefined;
  readonly window?: ResolvedWindow | undefined;
}

/** Entities or persons at the far end of a relation that is valid now. */
export interface BoundRelationSource {
  readonly kind: 'relation';
  readonly near: Subject;
  readonly far: Extract<Subject, { kind: 'person' | 'entity' }>;
  readonly relationType: string;
  /** The subject stands at the `to` end. */
  readonly reversed: boolean;
  readonly property?: BoundValue | undefined;
  readonly where?: BoundCondition | undefined;
}

export type BoundSource = BoundEventSource | BoundDetailSource | BoundRelationSource;

export type BoundValue = Typed &
  (
    | {
        readonly kind: 'literal';
        readonly value: string | number | boolean | readonly string[] | readonly number[];
      }
    | {
        readonly kind: 'field';
        readonly subject: Subject;
        readonly field: FieldRef;
        readonly sealed: boolean;
      }
    | {
        readonly kind: 'reference';
        readonly base: FieldRef;
        readonly entityTable: string;
        readonly field: FieldRef;
      }
    | { readonly kind: 'property'; readonly property: string }
    | { readonly kind: 'eventPart'; readonly part: 'time' | 'event' | 'source' }
    | { readonly kind: 'entityId' }
    | { readonly kind: 'tag'; readonly tagId: string }
    | {
        readonly kind: 'arithmetic';
        readonly operator: '+' | '-' | '*' | '/';
        readonly left: BoundValue;
        readonly right: BoundValue;
      }
    | {
        readonly kind: 'call';
        readonly function: 'lower' | 'length' | 'size' | 'abs' | 'round';
        readonly value: BoundValue;
      }
    | { readonly kind: 'dateOf'; readonly value: BoundValue; readonly timeZone: string }
    | {
        readonly kind: 'elapsed';
        readonly unit: 'days' | 'months' | 'years';
        readonly direction: 'since' | 'until';
        readonly value: BoundValue;
        readonly today: string;
      }
    | { readonly kind: 'anniversary'; readonly value: BoundValue; readonly today: string }
    | {
        /** Of a date; `hour` of an instant. */
        readonly kind: 'datePart';
        readonly part: DatePart;
        readonly value: BoundValue;
        readonly timeZone: string;
      }
    | {
        readonly kind: 'aggregate';
        readonly function: AggregateFunction;
        readonly nth?: number | undefined;
        readonly source: BoundSource;
        readonly byDay: boolean;
        readonly timeZone: string;
      }
    | {
        readonly kind: 'activeShare';
        readonly source: BoundEventSource;
        readonly now: number;
        readonly bucketMs: number;
        readonly buckets: number;
      }
    | {
        readonly kind: 'streak';
        readonly source: BoundEventSource;
        readonly by: CalendarUnit;
      }
    | { readonly kind: 'gap'; readonly measure: 'average' | 'variation'; readonly source: BoundEventSource }
    | {
        readonly kind: 'top';
        readonly amount: number;
        readonly source: BoundEventSource;
        readonly weight?: BoundValue | undefined;
      }
    | { readonly kind: 'distribution'; readonly source: BoundEventSource }
    | {
        /** A value of its own for those who live in each of some time zones, and one for everybody else. */
        readonly kind: 'byZone';
        readonly zone: BoundValue;
        readonly cases: readonly { readonly zone: string; readonly value: BoundValue }[];
        readonly otherwise: BoundValue;
      }
    | { readonly kind: 'standing'; readonly measure: 'percentile' | 'rank'; readonly value: BoundValue }
    | { readonly kind: 'daysIn'; readonly segmentId: string; readonly now: number }
    | {
        readonly kind: 'tier';
        readonly tiers: readonly { readonly label: string; readonly when: BoundCondition }[];
        readonly otherwise?: string | undefined;
      }
    | {
        readonly kind: 'rfm';
        readonly buckets: number;
        readonly recency: BoundValue;
        readonly frequency: BoundValue;
        readonly money: BoundValue;
      }
  );

export type BoundCondition =
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'and' | 'or'; readonly items: readonly BoundCondition[] }
  | { readonly kind: 'not'; readonly item: BoundCondition }
  | {
      readonly kind: 'compare';
      readonly operator: ComparisonOperator;
      readonly left: BoundValue;
      readonly right: BoundValue;
    }
  | {
      readonly kind: 'oneOf';
      readonly value: BoundValue;
      readonly list: BoundValue;
      readonly negated: boolean;
    }
  | {
      readonly kind: 'text';
      readonly operator: TextOperator;
      readonly value: BoundValue;
      readonly pattern: BoundValue;
      readonly negated: boolean;
    }
  | {
      readonly kind: 'listHas';
      readonly quantifier: 'any' | 'all';
      readonly value: BoundValue;
      readonly list: BoundValue;
    }
  | { readonly kind: 'missing'; readonly value: BoundValue; readonly negated: boolean }
  | { readonly kind: 'range'; readonly value: BoundValue; readonly window: ResolvedWindow }
  | {
      readonly kind: 'related';
      readonly quantifier: 'any' | 'all' | 'none';
      readonly source: BoundDetailSource | BoundRelationSource;
    }
  | {
      readonly kind: 'sequence';
      readonly steps: readonly {
        readonly source: BoundEventSource;
        readonly negated: boolean;
        readonly withinMs?: number | undefined;
      }[];
      readonly same?: { readonly property: string; readonly type: EqlType } | undefined;
      readonly now: number;
    }
  | { readonly kind: 'consents'; readonly purpose: string; readonly channel: string }
  | { readonly kind: 'member'; readonly segmentId: string; readonly run: number }
  | {
      readonly kind: 'changed';
      readonly direction: 'entered' | 'left';
      readonly segmentId: string;
      readonly window: ResolvedWindow;
    };

/** A whole query after binding. */
export type BoundQuery =
  | {
      readonly kind: 'population';
      readonly subject: Extract<Subject, { kind: 'person' | 'entity' }>;
      readonly where: BoundCondition;
    }
  | { readonly kind: 'value'; readonly value: BoundValue };
