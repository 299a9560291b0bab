import { Link } from 'react-router-dom';
import { useText } from '../frame/reader.tsx';
import { usePersonTitles } from './use-person-titles.ts';

/** A person as a link to the 360° view: the masked name where it is known, else the number. */
export function PersonName({ personId, title }: { personId: number; title?: string }) {
  const { people } = useText();
  return <Link to={`/people/${personId}`}>{title ?? people.numbered(String(personId))}</Link>;
}

/** Names for the people of a list, read in one request. */
export function usePersonNames(personIds: readonly number[]): (personId: number) => React.ReactNode {
  const titles = usePersonTitles(personIds);
  return (personId) => <PersonName personId={personId} title={titles.get(personId)} />;
}
