import type { platformApi, ResponseOf } from '@wutong/contract';

/** An entry of the audit log, as the API answers. */
export type AuditRow = ResponseOf<typeof platformApi.listAudit>['items'][number];
