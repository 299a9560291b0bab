import { useState } from 'react';
import { audienceApi } from '@wutong/contract';
import { useRead } from '../../api/use-endpoint.ts';

/** More than anybody reads through: who does not find it types a part of its name. */
const OFFERED = 50;

/** Segments by a part of their name, found by the server, in the order of their names. */
export function useSegmentChoice() {
  const [search, setSearch] = useState('');
  const { data, isFetching } = useRead(
    audienceApi.listSegments,
    { query: { search: search || undefined, sort: 'name', limit: OFFERED } },
    { keepPrevious: true },
  );
  return {
    items: data?.items ?? [],
    select: { showSearch: { filterOption: false, onSearch: setSearch }, loading: isFetching },
  };
}
