import type { Condition, EqlPosition, EqlProblem, EqlProblemCode, Value } from '@wutong/contract';
import type { EqlCatalogue } from '../catalogue.ts';
import type { Sharing } from '../sharing.ts';
import type { EvaluationTime } from '../resolve-window.ts';
import type { BoundCondition, BoundValue, EqlType, Subject } from './bound.ts';

/** What binding needs to know besides the expression itself. */
export interface BindingEnvironment {
  readonly catalogue: EqlCatalogue;
  readonly time: EvaluationTime;
  /** Zone of rules that name none; that of `time` when absent. */
  readonly bankTimeZone?: string | undefined;
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
  /** Absent: the system itself, which may name everything. */
  readonly permissions?: ReadonlySet<string> | undefined;
  /** Whether a segment or tag may be named; absent: all may. */
  readonly sees?: ((definition: { readonly sharing?: Sharing }) => boolean) | undefined;
  /** Keyed fingerprint of a value, as encrypted attributes hold it. */
  readonly seal: (value: string) => string;
  /** Where in the text a node stands, or a word within it, when the input was text. */
  readonly positionOf: (node: object, word?: string) => EqlPosition | undefined;
}

/** Where a node stands: what names mean there, and what may stand there. */
export interface Scope {
  readonly subject: Subject;
  /** Event whose properties may be named; `*` when any event is meant. */
  readonly event?: string;
  /** Row scopes (one event, one detail) hold no aggregates. */
  readonly row: boolean;
  /** JSON path of the node, for problems of documents. */
  readonly path: string;
}

/** The rules of binding, which call one another through this object. */
export interface Binder {
  readonly environment: BindingEnvironment;
  condition(node: Condition, scope: Scope): BoundCondition;
  value(node: Value, scope: Scope): BoundValue;
  /** Segments and tags named anywhere in the expression. */
  readonly usedSegments: Set<string>;
  readonly usedTags: Set<string>;
  /** Attributes of the population that conditions compare: people without them are counted apart. */
  readonly comparedFields: Map<string, BoundValue>;
  /** Segments whose rules are being put in place of their names, outermost first. */
  readonly openSegments: readonly string[];
  /** The same binder inside the rule of a segment, which keeps the time zone it was written with. */
  inside(segmentId: string, timeZone: string | undefined): Binder;
  /** The same binder in another time zone; what it uses and compares is noted in this one. */
  inZone(timeZone: string): Binder;
}

/** A problem found while binding; stops the expression, because later ones would follow from it. */
export class BindError extends Error {
  readonly problem: EqlProblem;
  constructor(problem: EqlProblem) {
    super(problem.en);
    this.problem = problem;
  }
}

/** Throws the problem of a node, or of the `word` within it that the suggestion is to stand for. */
export function refuse(
  binder: Binder,
  node: object,
  scope: Scope,
  problem: {
    code: EqlProblemCode;
    en: string;
    zh: string;
    suggestion?: string | undefined;
    word?: string | undefined;
  },
): never {
  const position = binder.environment.positionOf(node, problem.word);
  const hintEn = problem.suggestion === undefined ? '' : ` Did you mean “${problem.suggestion}”?`;
  const hintZh = problem.suggestion === undefined ? '' : `您是否想写“${problem.suggestion}”？`;
  throw new BindError({
    code: problem.code,
    en: problem.en + hintEn,
    zh: problem.zh + hintZh,
    ...(problem.suggestion === undefined ? {} : { suggestion: problem.suggestion }),
    ...(position ? { position } : { path: scope.path }),
  });
}

export const TYPE_NAMES: Readonly<Record<EqlType, { en: string; zh: string }>> = {
  text: { en: 'a text', zh: '文本' },
  number: { en: 'a number', zh: '数字' },
  boolean: { en: 'true or false', zh: '布尔值' },
  date: { en: 'a date', zh: '日期' },
  instant: { en: 'a time', zh: '时间' },
  list: { en: 'a list', zh: '列表' },
  map: { en: 'a distribution', zh: '分布' },
};

/** Refuses a value whose type is not among the wanted ones. */
export function requireType(
  binder: Binder,
  node: object,
  scope: Scope,
  value: BoundValue,
  wanted: readonly EqlType[],
): void {
  if (wanted.includes(value.type)) return;
  const en = wanted.map((type) => TYPE_NAMES[type].en).join(' or ');
  const zh = wanted.map((type) => TYPE_NAMES[type].zh).join('或');
  refuse(binder, node, scope, {
    code: 'type_mismatch',
    en: `This is ${TYPE_NAMES[value.type].en}, but ${en} is needed here.`,
    zh: `这里需要${zh}，实际是${TYPE_NAMES[value.type].zh}。`,
  });
}
