/** Whom: the query language, tags, segments and their members. */
export { createAudience, type AudienceNeeds, type AudienceOptions } from './create-audience.ts';
export type { LookalikeAnswer, LookalikeModel, LookalikeQuestion } from './find-lookalikes.ts';
export type { PersonScorer, Scorers } from './person-scorer.ts';
export type { Asker } from './asker.ts';
export type {
  Audience,
  ChangePosition,
  CheckedExpression,
  CountedExpression,
  Expression,
  ExpressionEffects,
  MembershipChange,
  PeoplePage,
} from './front-door.ts';
