import type { ResponseOf, outputsApi } from '@wutong/contract';
import { activityLog } from '../activity-log-store.ts';

export type OutputEvent = ResponseOf<typeof outputsApi.listOutputLog>['items'][number]['event'];

/** What people did to an output, what was sent, and what failed. */
export const outputLog = activityLog<OutputEvent>('outputs', 'output');
