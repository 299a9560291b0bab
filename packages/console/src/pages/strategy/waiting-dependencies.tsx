import { Link } from 'react-router-dom';
import { audienceApi } from '@wutong/contract';
import { CALM_MS, useRead } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { useMay } from '../../frame/session.tsx';
import { addressOf } from '../audience/lineage/addresses.ts';
import styles from '../audience/waiting-note.module.css';

/** Tags and segments that a strategy is made of and that wait for their sources: it goes by what is old. */
export function WaitingDependencies({ strategyId }: { strategyId: string }) {
  const { text, format } = useReader();
  const words = text.audience;
  const { data } = useRead(
    audienceApi.readLineage,
    { query: { kind: 'strategy', id: strategyId, data: 'false' } },
    { enabled: useMay(audienceApi.readLineage), refetchIntervalMs: CALM_MS },
  );
  const waiting = (data?.nodes ?? []).flatMap((node) =>
    node.waitingSince && !node.hidden ? [{ ...node, waitingSince: node.waitingSince }] : [],
  );
  if (waiting.length === 0) return null;
  return (
    <div role="status" className={styles.note}>
      <b>{words.awaited.dependents}</b>
      <ul>
        {waiting.map(({ key, kind, id, name, waitingSince }) => (
          <li key={key}>
            <span className="faint">{words.lineage.kind[kind]}</span>{' '}
            <Link to={addressOf(kind, id) ?? ''}>{name}</Link>{' '}
            <span className="faint">{words.awaited.dependsSince(format.shortTime(waitingSince))}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
