/** Probabilistic linking of records without common keys (Fellegi–Sunter). */
export { linkRecords, type Linkage, type LinkRequest, type LinkStep } from './link-records.ts';
export {
  explainPair,
  explainPairs,
  samplePairs,
  type Explained,
  type PairExplanation,
} from './explain-pair.ts';
export { linkFiles, type FoundPair, type LinkedFiles, type LinkFilesRequest } from './link-files.ts';
export { countDecisions, createRecordTable, dropLinkageTables, tablesOf } from './linkage-store.ts';
export { findDateParts } from './join-date-parts.ts';
export { settleClusters } from './cluster-pairs.ts';
export { quoteColumn } from './quote-column.ts';
export { profileColumns, type ColumnProfile } from './profile-columns.ts';
