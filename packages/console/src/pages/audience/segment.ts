import type { audienceApi, ResponseOf } from '@wutong/contract';

/** A segment, as the API answers. */
export type Segment = ResponseOf<typeof audienceApi.readSegment>;
