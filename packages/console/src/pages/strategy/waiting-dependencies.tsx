import { useMemo } from 'react';
import { Link } from 'react-router-dom';
import { audienceApi, type StrategyDocument } from '@wutong/contract';
import { CALM_MS, useRead } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { useMay } from '../../frame/session.tsx';
import { addressOf } from '../audience/lineage/addresses.ts';
import { madeOf, namesOfDraft } from './names-of-draft.ts';
import styles from '../audience/waiting-note.module.css';

/**
 * Tags and segments that a strategy is made of and that wait for their sources: it goes by what is old. The published
 * version's are known; the draft's are found by its rules, so that it is told before it is published.
 */
export function WaitingDependencies({ strategyId, draft }: { strategyId: string; draft: StrategyDocument }) {
  const { text, format } = useReader();
  const words = text.audience;
  const may = useMay(audienceApi.readLineage);
  const named = useMemo(() => namesOfDraft(draft), [draft]);
  const published = useRead(
    audienceApi.readLineage,
    { query: { kind: 'strategy', id: strategyId, data: 'false' } },
    { enabled: may, refetchIntervalMs: CALM_MS },
  );
  // All lineage is read only for a draft that names what the published version does not.
  const known = new Set(published.data?.nodes.map(({ key }) => key));
  const isAhead = published.data !== undefined && named.some((key) => !known.has(key));
  const whole = useRead(
    audienceApi.readLineage,
    { query: { data: 'false' } },
    { enabled: may && isAhead, refetchIntervalMs: CALM_MS },
  );
  const nodes = [...(published.data?.nodes ?? []), ...(whole.data ? madeOf(whole.data, named) : [])];
  const waiting = [...new Map(nodes.map((node) => [node.key, node])).values()].flatMap((node) =>
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
