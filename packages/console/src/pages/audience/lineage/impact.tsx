import { audienceApi } from '@wutong/contract';
import { useRead } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { Answer } from '../../../parts/states.tsx';
import styles from './lineage.module.css';

interface ImpactProps {
  kind: 'segment' | 'tag';
  id: string;
  /** The rule a segment would have: says who would enter and leave. */
  text?: string | undefined;
}

/** What a change would touch: everything that uses it, directly or over others, and who would come and go. */
export function Impact({ kind, id, text: rule }: ImpactProps) {
  const { text, format } = useReader();
  const words = text.audience.lineage;
  const impact = useRead(audienceApi.readImpact, {
    body: { kind, id, ...(rule === undefined ? {} : { text: rule }) },
  });
  return (
    <Answer query={impact} rows={2}>
      {({ users, members, lookups }) => (
        <div className={styles.touched}>
          {members && (
            <p>
              {text.audience.members} <b className="number">{format.integer(members.before)}</b> →{' '}
              <b className="number">{format.integer(members.after)}</b>{' '}
              <span className="faint">
                {words.moved(format.integer(members.entering), format.integer(members.leaving))}
              </span>
            </p>
          )}
          <p>{users.length > 0 ? words.impact(format.integer(users.length)) : words.noImpact}</p>
          {users.length > 0 && (
            <ul className={styles.impact}>
              {users.map((user) => (
                <li key={`${user.kind} ${user.id}`}>
                  <span className="faint">{words.kind[user.kind]}</span>{' '}
                  {user.hidden ? <em className="faint">{text.sharing.hidden}</em> : user.name}
                  {user.steps > 1 && <span className="faint"> · {words.indirect}</span>}
                </li>
              ))}
            </ul>
          )}
          {lookups > 0 && <p className="faint">{text.audience.lookedUp(format.compact(lookups))}</p>}
        </div>
      )}
    </Answer>
  );
}
