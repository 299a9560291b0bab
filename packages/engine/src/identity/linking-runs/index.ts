/** Linking runs: record tables, comparing them, and what is done with the pairs. */
export { createLinking, type Linking } from './create-linking.ts';
export { linkingRoutes } from './linking-routes.ts';
export type { LentRow, RecordFileForm, RecordLender, RecordPorts } from './record-lender.ts';
