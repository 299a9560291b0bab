import { useCallback, useMemo } from 'react';
import { useQueries } from '@tanstack/react-query';
import { audienceApi, type ResponseOf } from '@wutong/contract';
import { call } from '../../api/call.ts';
import { useRead } from '../../api/use-endpoint.ts';

export type AudienceUse = ResponseOf<typeof audienceApi.readAudienceUse>['items'][number];

/** Use and cost change slowly beside the lists that show them; asked again after this time, in milliseconds. */
const RENEW_MS = 60_000;
/** Ids that are asked for at once. */
const CHUNK = 100;

/** How much each of these segments or tags is used and what it costs, by id. */
export function useAudienceUse(
  kind: 'segment' | 'tag',
  ids: readonly string[],
): ReadonlyMap<string, AudienceUse> {
  const chunks = Array.from({ length: Math.ceil(ids.length / CHUNK) }, (_, index) =>
    ids.slice(index * CHUNK, (index + 1) * CHUNK).join(','),
  );
  return useQueries({
    queries: chunks.map((chunk) => {
      const input = { query: { kind, ids: chunk, limit: CHUNK } };
      return {
        queryKey: [audienceApi.readAudienceUse.name, input],
        queryFn: () => call(audienceApi.readAudienceUse, input),
        refetchInterval: RENEW_MS,
      };
    }),
    combine: useCallback(
      (answers: { data?: ResponseOf<typeof audienceApi.readAudienceUse> | undefined }[]) =>
        new Map(answers.flatMap(({ data }) => data?.items ?? []).map((item) => [item.id, item])),
      [],
    ),
  });
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
