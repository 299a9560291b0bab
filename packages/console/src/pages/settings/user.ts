import type { platformApi, ResponseOf } from '@wutong/contract';

/** Somebody who may use the console, as the API answers. */
export type User = ResponseOf<typeof platformApi.listUsers>['items'][number];
