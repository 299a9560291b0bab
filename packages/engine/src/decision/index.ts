/** The gate: consent, suitability, caps, quiet hours, holdouts, and sticky assignment. */
export type {
  Channel,
  CountedContact,
  Decision,
  JudgeRequest,
  Policy,
  Purpose,
  RefusalReason,
  RiskLevel,
  RuleResult,
  SendPolicy,
  Verdict,
} from './front-door.ts';
export { ADDRESS_KEY_TYPES } from './address-key-type.ts';
export { assign, bucketOf, type Share } from './assign-share.ts';
export { createDecision } from './create-decision.ts';
export { localDay, localMinuteOfDay, localWeekday, minutesOf, nextTimeOfDay } from './local-time.ts';
