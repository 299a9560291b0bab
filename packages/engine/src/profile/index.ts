/** The portrait: attributes, entities, relations, details, consents, suppressions; 360° views. */
export type { Declarations, Profile, RelatedEntity, TimelinePage, TimelineQuery } from './front-door.ts';
export type * from './operation.ts';
export { createProfile } from './create-profile.ts';
export { maskText, maskValue } from './mask-value.ts';
export { coerceValue, validDay } from './coerce-value.ts';
export { dayOfEpoch, epochOfZonedTime, zoneOffsetMs } from './zone-time.ts';
export { isSecret } from './refuse-secrets.ts';
export {
  COERCION_SETTINGS,
  coerceInSql,
  instantInSql,
  isDay,
  numberInSql,
  type SqlCoerced,
  type SqlValue,
} from './coerce-in-sql.ts';
export type { LoadedPeople } from './loaded-people.ts';
export type { StagedFacts } from './write-staged-facts.ts';
