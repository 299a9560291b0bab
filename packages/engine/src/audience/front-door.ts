import type { Asker } from './asker.ts';
import type { TagValue } from './read-tag-values.ts';
import type { EqlDocument, EqlProblem, OperatorTrouble } from '@wutong/contract';
import type { HttpServer, Transaction } from '../platform/index.ts';

/** An expression in either face, with the values of its `$names`. */
export interface Expression {
  readonly text?: string;
  readonly document?: EqlDocument;
  /** Values of `$viewer`, `$node` and other names; strings, numbers or booleans. */
  readonly parameters?: Readonly<Record<string, string | number | boolean>>;
}

/** Outcome of a check: both faces when it is sound, its problems when not. */
export interface CheckedExpression {
  readonly problems: readonly EqlProblem[];
  readonly text?: string;
  readonly document?: EqlDocument;
  readonly valueType?: string;
  readonly estimate?: { readonly rows: number; readonly allowed: boolean };
}

export interface CountedExpression {
  readonly count: number;
  readonly total: number;
  readonly withoutValue: number;
  readonly tookMs: number;
  readonly conditions?: readonly { text: string; count: number; removes: number }[];
}

/** What each condition of a rule does to the number of people; see `Audience.effects`. */
export interface ExpressionEffects {
  /** People the whole rule describes. */
  readonly count: number;
  readonly total: number;
  readonly tookMs: number;
  /** False when the rule has more conditions than are told apart; the last ones are then missing. */
  readonly isComplete: boolean;
  /** In reading order: every group (`and`, `or`, `not`) before its conditions. */
  readonly conditions: readonly {
    /** Place in the document, e.g. `where.items[0].item`. */
    readonly path: string;
    readonly kind: 'and' | 'or' | 'not' | 'condition';
    readonly text: string;
    /** People for whom this alone is true. */
    readonly count: number;
    /** People the rule would describe without it. */
    readonly without: number;
    /** `without` less the rule's count: below zero where leaving it out loses people. */
    readonly removes: number;
    /** People left when the rule is read up to and including this. */
    readonly remaining: number;
  }[];
}

/** One page of person ids in ascending order; `after` of the next page is the last id of this one. */
export interface PeoplePage {
  readonly personIds: readonly number[];
  readonly nextAfter?: number;
}

/** A change of membership. `cause` is `merge` or `split` where identity moved it: no fresh entry for a strategy. */
export interface MembershipChange {
  readonly run: number;
  readonly personId: number;
  readonly at: number;
  readonly direction: 'entered' | 'left';
  readonly cause: 'computed' | 'imported' | 'merge' | 'split';
}

/** Position in the enter/leave log of one segment; start at `{ run: 0, personId: 0 }`. */
export interface ChangePosition {
  readonly run: number;
  readonly personId: number;
}

/** The audience room: EQL, tags, segments and their members. All times are epoch milliseconds UTC. */
export interface Audience {
  /** Parses and binds an expression without running it; never throws for a bad expression. */
  check(expression: Expression, asker?: Asker): Promise<CheckedExpression>;
  /** Counts now. Throws `eql_invalid`, `eql_too_expensive`, `eql_too_slow`. */
  count(expression: Expression, asker?: Asker, options?: { breakdown?: boolean }): Promise<CountedExpression>;
  /** What each condition of a population expression does. Throws like `count`. */
  effects(expression: Expression, asker?: Asker): Promise<ExpressionEffects>;
  /** People of an expression in ascending order of id, at most 100,000 a page. */
  people(expression: Expression, page: { after?: number; limit: number }, asker?: Asker): Promise<PeoplePage>;
  /** All people of an expression in ascending order, in blocks, without holding them all. */
  streamPeople(expression: Expression): AsyncIterable<number[]>;
  /** Which of the given people an expression describes at `now` (default: the clock's). One query for all. */
  evaluate(expression: Expression, personIds: readonly number[], now?: number): Promise<Set<number>>;
  /** Value of a value expression for each of the given people; people without a value are absent. */
  values(expression: Expression, personIds: readonly number[], now?: number): Promise<Map<number, unknown>>;
  /** Query of the people of an expression: one column, `person_id`. The names of its parameters begin with `prefix`. */
  peopleSql(
    expression: Expression,
    prefix: string,
    asker?: Asker,
  ): Promise<{ sql: string; parameters: Record<string, unknown> }>;
  /** Members at the last computation, in ascending order, in blocks. */
  segmentMembers(segmentId: string): AsyncIterable<number[]>;
  /** Membership at the last computation, answered from memory. */
  segmentsOf(personId: number): Promise<string[]>;
  /** Computes these segments now, sharing scans; returns when their members are committed. */
  computeSegments(segmentIds: readonly string[]): Promise<void>;
  /** Watermark of a segment: a position after which no committed change exists. */
  segmentWatermark(segmentId: string, asker?: Asker): Promise<ChangePosition>;
  /** Committed changes after a position, in order of (run, person). Empty: nothing more at present. */
  segmentChanges(segmentId: string, after: ChangePosition, limit: number): Promise<MembershipChange[]>;
  /**
   * Makes a segment of given people, in blocks of any size; returns how many members it has.
   * @throws CodedError segment_exists
   */
  importSegment(segment: {
    segmentId: string;
    name: string;
    owner: string;
    people: AsyncIterable<readonly number[]>;
  }): Promise<number>;
  /** Present values of tags by person and tag; people without a value are absent. */
  tagValues(
    personIds: readonly number[],
    tagIds: readonly string[],
  ): Promise<Map<number, Map<string, TagValue>>>;
  /**
   * A tag's name, and SQL of `person_id` and `value` (text) of all who have one, each person once: several values
   * stand in one text. Names of parameters begin with `prefix`. Undefined: there is no such tag in use that the asker
   * may see.
   */
  tagGroups(
    tagId: string,
    prefix: string,
    asker?: Asker,
  ): Promise<{ name: string; sql: string; parameters: Record<string, unknown> } | undefined>;
  /** Ids of the tags in use that the asker may see. */
  tagIds(asker?: Asker): Promise<Set<string>>;
  /** Segments in use, people who are in at least one of them, and how many the newest proof found wrong. */
  totals(): Promise<{ segments: number; people: number; provedWrong: number }>;
  /** Computations that operators have to look after at `now` (epoch ms), the longest in trouble first. */
  troubles(reader: Pick<Transaction, 'query'>, now: number): Promise<OperatorTrouble[]>;
  /**
   * Declares in the caller's transaction what a strategy or report uses, for lineage; replaces its former uses.
   * @throws CodedError eql_invalid, also where it names what the asker may not see
   */
  declareUses(
    transaction: Transaction,
    user: { kind: 'strategy' | 'report'; id: string; name: string },
    expressions: readonly Expression[],
    asker?: Asker,
  ): Promise<void>;
  /** For each question, whether the asker may see everything that its expressions name. */
  mayAsk(questions: readonly (readonly Expression[])[], asker: Asker): Promise<boolean[]>;
  /** Ids of the segments and tags that everybody may see, archived ones among them. */
  openToAll(): Promise<{ segmentIds: string[]; tagIds: string[] }>;
  routes(server: HttpServer): void;
  start(): Promise<void>;
  stop(): Promise<void>;
}
