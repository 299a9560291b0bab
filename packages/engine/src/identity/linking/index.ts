/** Probabilistic linking of records without common keys (Fellegi–Sunter). */
export { linkRecords, type LinkRequest, type Linkage } from './link-records.ts';
export { explainPair, type PairExplanation } from './explain-pair.ts';
export { proposeLinks, type ProposeNeeds } from './propose-links.ts';
export { linkFiles, type FoundPair, type LinkedFiles, type LinkFilesRequest } from './link-files.ts';
