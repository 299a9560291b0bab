import { Link } from 'react-router-dom';
import type { Usage } from '../../api/vocabulary.ts';
import { useText } from '../../frame/reader.tsx';
import { addressOf } from './lineage/addresses.ts';

interface UsageListProps {
  title: string;
  usages: readonly Usage[];
  /** The words when there are none. */
  none: string;
}

/** What uses something, or what it uses, each a door to its page. */
export function UsageList({ title, usages, none }: UsageListProps) {
  const { audience: words, sharing } = useText();
  return (
    <div>
      <b>{title}</b>
      {usages.length === 0 && <p className="faint">{none}</p>}
      <ul>
        {usages.map(({ kind, id, name, hidden }) => {
          const to = hidden ? undefined : addressOf(kind, id);
          return (
            <li key={`${kind} ${id}`}>
              <span className="faint">{words.usage[kind]}</span>{' '}
              {hidden ? <em className="faint">{sharing.hidden}</em> : to ? <Link to={to}>{name}</Link> : name}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
