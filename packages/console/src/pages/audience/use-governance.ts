import { useMemo } from 'react';
import { audienceApi, type ResponseOf } from '@wutong/contract';
import { useRead } from '../../api/use-endpoint.ts';

export type AudienceUse = ResponseOf<typeof audienceApi.readAudienceUse>['items'][number];

/** Use and cost change slowly beside the lists that show them; asked again after this time, in milliseconds. */
const RENEW_MS = 60_000;
const MOST = 1_000;

/** How much each segment or tag is used and what it costs, by id. */
export function useAudienceUse(kind: 'segment' | 'tag'): ReadonlyMap<string, AudienceUse> {
  const { data } = useRead(
    audienceApi.readAudienceUse,
    { query: { kind, limit: MOST } },
    { refetchIntervalMs: RENEW_MS },
  );
  return useMemo(() => new Map((data?.items ?? []).map((item) => [item.id, item])), [data]);
}

export interface Duplicate {
  reason: 'rule' | 'members';
  /** Names of the others. */
  others: readonly string[];
}

/** Those that say the same as others, or have the same members, by id. */
export function useDuplicates(kind: 'segment' | 'tag'): ReadonlyMap<string, Duplicate> {
  const { data } = useRead(audienceApi.readDuplicates, undefined, { refetchIntervalMs: RENEW_MS });
  return useMemo(() => {
    const found = new Map<string, Duplicate>();
    for (const { reason, items } of (data?.groups ?? []).filter((group) => group.kind === kind)) {
      for (const { id } of items) {
        const others = items.filter((each) => each.id !== id).map(({ name }) => name);
        if (!found.has(id)) found.set(id, { reason, others });
      }
    }
    return found;
  }, [data, kind]);
}
