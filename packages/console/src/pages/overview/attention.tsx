import { Link } from 'react-router-dom';
import { insightApi, type ResponseOf } from '@wutong/contract';
import { roomsWithLoops, useHealth, wordOfLight } from '../../frame/health-lights.tsx';
import { useReader } from '../../frame/reader.tsx';
import { Panel } from '../../parts/page.tsx';
import { StateMark, type Tone } from '../../parts/state-mark.tsx';
import { wordFor } from '../../text/text.ts';
import styles from './overview.module.css';

type Overview = ResponseOf<typeof insightApi.readOverview>;

/** What waits for somebody: alarms first, then work. */
export function Attention({ overview }: { overview: Overview }) {
  const { text, format } = useReader();
  const health = useHealth();
  const words = text.overview;
  const { channel, data, decision, execution } = overview;
  const down = channel.suppliers.value - channel.suppliersHealthy.value;
  const lines: { key: string; tone: Tone; sentence: string; to: string }[] = [];
  for (const { room, state } of roomsWithLoops(health)) {
    if (state === 'ok') continue;
    lines.push({
      key: room,
      tone: state === 'down' ? 'bad' : 'warn',
      sentence: words.roomNotWell(wordFor(text.frame.rooms, room), wordOfLight(state, text.frame)),
      to: '/settings',
    });
  }
  if (down > 0) {
    lines.push({
      key: 'suppliers',
      tone: 'bad',
      sentence: words.supplierDown(format.integer(down)),
      to: '/suppliers',
    });
  }
  if (decision.provedWrong.value > 0) {
    lines.push({
      key: 'proof',
      tone: 'bad',
      sentence: words.provedWrong(format.integer(decision.provedWrong.value)),
      to: '/audiences?status=differing',
    });
  }
  if (data.rejected.value > 0) {
    lines.push({
      key: 'rejected',
      tone: 'warn',
      sentence: words.rejectedWaiting(format.integer(data.rejected.value)),
      to: '/data/rejected',
    });
  }
  if (execution.tasksOpen.value > 0) {
    lines.push({
      key: 'tasks',
      tone: 'busy',
      sentence: words.tasksWaiting(format.integer(execution.tasksOpen.value)),
      to: '/tasks',
    });
  }
  return (
    <Panel title={words.attention}>
      {lines.length === 0 ? (
        <p className={styles.well}>
          <b>{words.allWell}</b>
          {words.allWellHint}
        </p>
      ) : (
        <ul className={styles.list}>
          {lines.map(({ key, tone, sentence, to }) => (
            <li key={key}>
              <Link to={to}>
                <StateMark tone={tone}>{sentence}</StateMark>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
