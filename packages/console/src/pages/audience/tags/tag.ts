import type { audienceApi, ResponseOf } from '@wutong/contract';

/** A tag, as the API answers. */
export type Tag = ResponseOf<typeof audienceApi.readTag>;
