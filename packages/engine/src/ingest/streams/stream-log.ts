import type { ResponseOf, streamsApi } from '@wutong/contract';
import { activityLog } from '../activity-log-store.ts';

export type StreamEvent = ResponseOf<typeof streamsApi.listStreamLog>['items'][number]['event'];

/** What people did to a stream, and what its readers met with. */
export const streamLog = activityLog<StreamEvent>('streams', 'stream');
