/** A question as the pages hold it, as it stands in the address, and as it is sent. */
import {
  analysisSchema,
  sequenceRequestSchema,
  type Analysis,
  type AnalysisKind,
  type SequenceRequest,
} from '@wutong/contract';

export const questionKinds = [
  'trend',
  'funnel',
  'retention',
  'path',
  'distribution',
  'interval',
  'attribution',
  'lifetime_value',
  'session',
  'recency',
  'sequence',
  'report',
] as const satisfies readonly (AnalysisKind | 'sequence')[];
export type QuestionKind = (typeof questionKinds)[number];
/** Questions about what people did; reports count the bank's business. */
export type BehaviourKind = Exclude<QuestionKind, 'report'>;

export type SequenceQuestion = SequenceRequest & { kind: 'sequence' };
export type Question = Analysis | SequenceQuestion;
export type QuestionOf<Kind extends QuestionKind> = Extract<Question, { kind: Kind }>;

/** Whether the question can be saved and exported; single people's doings cannot. */
export function isAnalysis(question: Question): question is Analysis {
  return question.kind !== 'sequence';
}

/** The question without its kind, as its operation takes it. */
export function bodyOf<Asked extends Question>({ kind: _kind, ...body }: Asked): Omit<Asked, 'kind'> {
  return body;
}

/** The kind as it stands in the address: lifetime-value. */
export const slugOf = (kind: QuestionKind): string => kind.replace('_', '-');

export const behaviourKinds: readonly BehaviourKind[] = questionKinds.filter((kind) => kind !== 'report');

export function kindOfSlug(slug: string | undefined): BehaviourKind | undefined {
  return behaviourKinds.find((kind) => slugOf(kind) === slug);
}

/** The question of an address, or undefined where there is none or it is not one of this kind. */
export function readQuestion(kind: QuestionKind, written: string | null): Question | undefined {
  if (!written) return undefined;
  try {
    const value: unknown = { ...(JSON.parse(written) as object), kind };
    if (kind !== 'sequence') return analysisSchema.parse(value);
    return { ...sequenceRequestSchema.parse(value), kind };
  } catch {
    return undefined;
  }
}

/** The question for an address; `readQuestion` reads it back. */
export function writeQuestion(question: Question): string {
  return JSON.stringify(bodyOf(question));
}

/** The address of a question, for links and for sharing; reports have a place of their own. */
export function addressOf(question: Question): string {
  const place = question.kind === 'report' ? 'reports/new' : `analyses/${slugOf(question.kind)}`;
  return `/insight/${place}?${new URLSearchParams({ q: writeQuestion(question) }).toString()}`;
}
