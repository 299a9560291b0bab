import { useMemo } from 'react';
import { audienceApi } from '@wutong/contract';
import { useRead } from '../../api/use-endpoint.ts';
import { useMay } from '../../frame/session.tsx';

/** The most a list gives at once: folders are gathered from the definitions that are in them. */
export const LIST_LIMIT = 200;

/** Folders in use, in the order of their names. */
export function useFolders(of: 'segments' | 'tags'): readonly string[] {
  const mayReadTags = useMay(audienceApi.listTags);
  const segments = useRead(
    audienceApi.listSegments,
    { query: { limit: LIST_LIMIT } },
    { enabled: of === 'segments' },
  );
  const tags = useRead(
    audienceApi.listTags,
    { query: { limit: LIST_LIMIT } },
    { enabled: of === 'tags' && mayReadTags },
  );
  const items = of === 'segments' ? segments.data?.items : tags.data?.items;
  return useMemo(
    () => [...new Set((items ?? []).map(({ folder }) => folder))].filter(Boolean).toSorted(),
    [items],
  );
}
