import type { Endpoint, ResponseOf } from '@wutong/contract';
import { useInfiniteQuery } from '@tanstack/react-query';
import { call, type CallInput } from './call.ts';

interface PageOf<Item> {
  items: Item[];
  nextCursor?: string | number;
}

type ItemOf<E extends Endpoint> = ResponseOf<E> extends PageOf<infer Item> ? Item : never;

/**
 * Reads a list page by page. `where` tells whether the cursor goes into the query (lists) or the body
 * (expressions). `more` is absent on the last page.
 */
export function usePages<E extends Endpoint>(
  endpoint: E,
  input: CallInput<E>,
  options: { refetchIntervalMs?: number; enabled?: boolean; where?: 'query' | 'body' } = {},
) {
  const where = options.where ?? 'query';
  const query = useInfiniteQuery({
    queryKey: [endpoint.name, 'pages', input],
    initialPageParam: undefined as string | number | undefined,
    queryFn: async ({ pageParam, signal }) => {
      const loose = input as Record<string, object | undefined>;
      const asked = { ...loose, [where]: { ...loose[where], cursor: pageParam }, signal };
      return (await call(endpoint, asked as unknown as CallInput<E>)) as ResponseOf<E> & PageOf<ItemOf<E>>;
    },
    getNextPageParam: (last) => last.nextCursor,
    enabled: options.enabled ?? true,
    refetchInterval: options.refetchIntervalMs ?? false,
  });
  const items = (query.data?.pages ?? []).flatMap((page) => page.items as ItemOf<E>[]);
  return {
    items,
    first: query.data?.pages[0],
    query: { data: query.data, error: query.error, refetch: query.refetch },
    more: query.hasNextPage
      ? { onMore: () => void query.fetchNextPage(), loading: query.isFetchingNextPage }
      : undefined,
  };
}
