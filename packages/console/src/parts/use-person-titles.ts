import { useMemo } from 'react';
import { profileApi } from '@wutong/contract';
import { useRead } from '../api/use-endpoint.ts';

/** As many as the server names in one request; longer lists name their first people. */
const MOST = 500;

/** Masked names of people, read in one request for the whole list. */
export function usePersonTitles(personIds: readonly number[]): ReadonlyMap<number, string> {
  const wanted = [...new Set(personIds)].toSorted((left, right) => left - right).slice(0, MOST);
  const { data } = useRead(
    profileApi.readPersonTitles,
    { body: { personIds: wanted } },
    { enabled: wanted.length > 0, keepPrevious: true },
  );
  return useMemo(() => new Map(data?.items.map(({ personId, title }) => [personId, title])), [data]);
}
