import type { audienceApi } from '@wutong/contract';
import { CodedError } from '../platform/index.ts';
import type { SourceReadinessPort } from './await-sources.ts';

/** Refuses a schedule that waits for what is no source: nothing would ever be waited for, without a word. */
export type RequireSources = (schedule: audienceApi.Schedule | undefined) => Promise<void>;

/** @throws CodedError source_not_found */
export function createRequireSources(
  readiness: SourceReadinessPort | undefined,
  now: () => number,
): RequireSources {
  return async (schedule) => {
    if (schedule?.every !== 'source_ready' || !readiness) return;
    const known = await readiness(schedule.sources, now());
    const named = new Set(known.filter(({ name }) => name !== undefined).map(({ sourceId }) => sourceId));
    const sourceIds = schedule.sources.filter((source) => !named.has(source));
    if (sourceIds.length > 0) throw new CodedError('source_not_found', { details: { sourceIds } });
  };
}
