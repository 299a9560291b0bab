/** Questions about events and their answers. */
export * from './analysis.ts';
export * from './attribution.ts';
export * from './distribution.ts';
export * from './funnel.ts';
export * from './interval.ts';
export * from './lifetime-value.ts';
export * from './path.ts';
export * from './recency.ts';
export * from './retention.ts';
export {
  analysedEventSchema,
  breakdownSchema,
  OTHER_GROUP,
  periodSchema,
  scopeSchema,
  type AnalysedEvent,
  type Answer,
  type Breakdown,
  type PeopleBreakdown,
  type Period,
  type Scope,
  type BucketUnit,
} from './scope.ts';
export * from './sequence.ts';
export * from './session.ts';
export * from './trend.ts';
export * from './alert.ts';
export * from './operator-alert.ts';
export * from './report.ts';
export * from './dashboard.ts';
export * from './portrait.ts';
