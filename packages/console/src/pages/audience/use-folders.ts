import { useMemo } from 'react';
import { audienceApi } from '@wutong/contract';
import { useRead } from '../../api/use-endpoint.ts';

/** Folders in use, in the order of their names. */
export function useFolders(of: 'segments' | 'tags'): readonly string[] {
  const kind = of === 'segments' ? 'segment' : 'tag';
  const { data } = useRead(audienceApi.readAudienceFacets, { query: { kind } });
  return useMemo(() => (data?.folders ?? []).map(({ value }) => value).filter(Boolean), [data]);
}
