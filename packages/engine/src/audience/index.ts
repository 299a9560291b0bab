export type {
  Asker,
  Audience,
  ChangePosition,
  CheckedExpression,
  CountedExpression,
  Expression,
  MembershipChange,
  PeoplePage,
} from './front-door.ts';
