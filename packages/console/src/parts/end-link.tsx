import { Link } from 'react-router-dom';
import type { ShownRelation } from '../api/vocabulary.ts';
import { useReader } from '../frame/reader.tsx';

/** A door to the far end of a relation, or to the owner of a detail. */
export function EndLink({ end }: { end: ShownRelation['end'] }) {
  const { text } = useReader();
  const title = end.title ?? (end.type === 'person' ? text.people.numbered(end.id) : end.id);
  const to =
    end.type === 'person' ? `/people/${end.id}` : `/entities/${end.type}/${encodeURIComponent(end.id)}`;
  return <Link to={to}>{title}</Link>;
}
