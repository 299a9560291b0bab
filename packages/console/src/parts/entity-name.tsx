import { profileApi } from '@wutong/contract';
import { Link } from 'react-router-dom';
import { useMay } from '../frame/session.tsx';
import { useRead } from '../api/use-endpoint.ts';

/** Types with more entities than one page are shown by id; products, institutions and managers fit. */
const LIMIT = 500;

/** An entity by its name, as a door to its own page. */
export function EntityName({ type, id }: { type: string; id: string }) {
  const { data } = useRead(
    profileApi.listEntities,
    { params: { type }, query: { limit: LIMIT } },
    { refetchIntervalMs: 60_000, enabled: useMay(profileApi.listEntities) },
  );
  return (
    <Link to={`/entities/${type}/${encodeURIComponent(id)}`}>
      {data?.items.find((entity) => entity.id === id)?.title || id}
    </Link>
  );
}
