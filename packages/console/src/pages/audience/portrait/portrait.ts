import type { insightApi, ResponseOf } from '@wutong/contract';

/** Who the people of a segment are, as the API answers. */
export type Portrait = ResponseOf<typeof insightApi.analysePortrait>;
