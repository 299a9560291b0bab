import type { Endpoint } from './endpoint.ts';

/** Data as they come in and go out, which belong to no institution: records of anybody, or rules for all. */
const PERMISSIONS = /^(source\.write|output\.|identity\.write|entity\.write)/;
const PATHS = /^\/api\/v1\/(linking|rejected|imports|ingestion-tasks|streams|connections|mapped-tables)\b/;

/** Whether an operation is about the whole bank, so that users of an institution are refused it. */
export const isOfWholeBank = ({ permission, path }: Pick<Endpoint, 'permission' | 'path'>): boolean =>
  !path.includes(':personId') && (PERMISSIONS.test(permission) || PATHS.test(path));
