/** Names for ids: users, strategies, contents, suppliers. Read once, kept for a minute, shared by all pages. */
import { useMemo } from 'react';
import { canvasApi, contentApi, hubApi, platformApi, type ResponseOf, type Endpoint } from '@wutong/contract';
import { useText } from './reader.tsx';
import { useMay } from './session.tsx';
import { useRead, type ReadOptions } from '../api/use-endpoint.ts';

type Naming = (id: string | null | undefined) => string;

const RENEW: ReadOptions = { refetchIntervalMs: 60_000 };
const LIMIT = 200;

function useNaming<E extends Endpoint>(
  data: ResponseOf<E> | undefined,
  pairs: (data: ResponseOf<E>) => [string, string][],
): Naming {
  const names = useMemo(() => new Map(data ? pairs(data) : []), [data, pairs]);
  return (id) => (id ? (names.get(id) ?? id) : '–');
}

const strategyPairs = (data: ResponseOf<typeof canvasApi.listStrategies>): [string, string][] =>
  data.items.map(({ strategyId, name }) => [strategyId, name]);
const contentPairs = (data: ResponseOf<typeof contentApi.listContent>): [string, string][] =>
  data.items.map(({ contentId, name }) => [contentId, name]);
const supplierPairs = (data: ResponseOf<typeof hubApi.listSuppliers>): [string, string][] =>
  data.items.map(({ supplierId, name }) => [supplierId, name]);

const userPairs = (data: ResponseOf<typeof platformApi.listColleagues>): [string, string][] =>
  data.items.flatMap(({ userId, name, displayName }): [string, string][] => [
    [userId, displayName],
    [name, displayName],
  ]);

/** The name of a user, by id or login name. */
export function useUserNames(): Naming {
  const answer = useRead(platformApi.listColleagues, undefined, RENEW);
  return useNaming<typeof platformApi.listColleagues>(answer.data, userPairs);
}

/** Everybody who logs in here, also who no longer may. */
export function useColleagues(): ResponseOf<typeof platformApi.listColleagues>['items'] {
  return useRead(platformApi.listColleagues, undefined, RENEW).data?.items ?? [];
}

/** The name of a strategy; its id while the names are not there. */
export function useStrategyNames(): Naming {
  const answer = useRead(
    canvasApi.listStrategies,
    { query: { limit: LIMIT } },
    { ...RENEW, enabled: useMay(canvasApi.listStrategies) },
  );
  return useNaming<typeof canvasApi.listStrategies>(answer.data, strategyPairs);
}

/** The name of a content item. */
export function useContentNames(): Naming {
  const answer = useRead(
    contentApi.listContent,
    { query: { limit: LIMIT } },
    { ...RENEW, enabled: useMay(contentApi.listContent) },
  );
  return useNaming<typeof contentApi.listContent>(answer.data, contentPairs);
}

/** The name of a supplier. */
export function useSupplierNames(): Naming {
  const { words } = useText();
  const answer = useRead(hubApi.listSuppliers, undefined, {
    ...RENEW,
    enabled: useMay(hubApi.listSuppliers),
  });
  const nameOf = useNaming<typeof hubApi.listSuppliers>(answer.data, supplierPairs);
  // Slots and tasks need nobody outside: their supplier is the channel itself.
  return (id) => (id === 'in_app' || id === 'task' ? words.channel[id] : nameOf(id));
}
