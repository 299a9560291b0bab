import { useMemo } from 'react';
import { profileApi } from '@wutong/contract';
import { useRead } from '../api/use-endpoint.ts';

/** Most people the endpoint names at once. */
const MOST = 500;

/** Masked names of people, as far as they are known. */
export function usePersonTitles(personIds: readonly number[]): ReadonlyMap<number, string> {
  const asked = useMemo(
    () => [...new Set(personIds)].sort((left, right) => left - right).slice(0, MOST),
    [personIds],
  );
  const { data } = useRead(
    profileApi.readPersonTitles,
    { body: { personIds: asked } },
    { enabled: asked.length > 0, keepPrevious: true },
  );
  return useMemo(() => new Map((data?.items ?? []).map((item) => [item.personId, item.title])), [data]);
}
