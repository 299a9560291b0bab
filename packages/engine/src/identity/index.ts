/** Who is who: keys, assertions, the map of keys to persons, guards, quarantine, linking. */
export type { LinkKind, RawKey, Resolution, ResolveRecord } from './resolution.ts';
export type { Identity, PersonChange, PersonKey } from './front-door.ts';
export { presentPerson } from './present-person.ts';
export { createIdentity } from './create-identity.ts';
export type { LentRow, RecordFileForm, RecordLender, RecordPorts } from './linking-runs/index.ts';
export {
  explainPair,
  linkRecords,
  linkFiles,
  type FoundPair,
  type LinkedFiles,
  type LinkFilesRequest,
  type Linkage,
  type LinkRequest,
  type PairExplanation,
} from './linking/index.ts';
