/** Whom: the query language, tags, segments and their members. */
export { createAudience, type AudienceNeeds } from './create-audience.ts';
export type {
  Asker,
  Audience,
  ChangePosition,
  CheckedExpression,
  CountedExpression,
  Expression,
  ExpressionEffects,
  MembershipChange,
  PeoplePage,
} from './front-door.ts';
