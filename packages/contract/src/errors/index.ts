import { canvasErrors } from './canvas.ts';
import { decisionErrors } from './decision.ts';
import { platformErrors } from './platform.ts';
import { identityErrors } from './identity.ts';
import { ingestErrors } from './ingest.ts';
import { contentErrors } from './content.ts';
import { hubErrors } from './hub.ts';
import { profileErrors } from './profile.ts';
import { importErrors } from './imports.ts';
import { streamErrors } from './streams.ts';
import { outputErrors } from './outputs.ts';
import { warehouseErrors } from './warehouse.ts';
import { audienceErrors } from './audience.ts';
import { insightErrors } from './insight.ts';

/** Every error code of the product; a room's file is added here once. */
export const errorDefinitions = {
  ...platformErrors,
  ...decisionErrors,
  ...canvasErrors,
  ...identityErrors,
  ...ingestErrors,
  ...contentErrors,
  ...hubErrors,
  ...profileErrors,
  ...importErrors,
  ...streamErrors,
  ...outputErrors,
  ...warehouseErrors,
  ...audienceErrors,
  ...insightErrors,
} as const;

export type ErrorCode = keyof typeof errorDefinitions;
export type { ErrorDefinition } from './error-definition.ts';
