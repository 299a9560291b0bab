import { Link } from 'react-router-dom';
import { insightApi, type ResponseOf } from '@wutong/contract';
import { lightOf, useHealth, wordOfLight, type Tong } from '../../frame/health-lights.tsx';
import { useReader } from '../../frame/reader.tsx';
import styles from './five-connections.module.css';

type Overview = ResponseOf<typeof insightApi.readOverview>;
interface Tile {
  value: number;
  today?: number;
}
interface Card {
  tong: Tong;
  to: string;
  main: [string, Tile];
  /** Whom the number counts, on hover. */
  hint?: string;
  others: [string, string][];
}

/** The five connections in the order of the loop, each with its numbers and a door to its room. */
export function FiveConnections({ overview }: { overview: Overview }) {
  const { text, format } = useReader();
  const health = useHealth();
  const words = text.overview;
  const { channel, data, decision, execution, feedback } = overview;
  const number = (tile: Tile) => format.compact(tile.value);
  const cards: Card[] = [
    {
      tong: 'data',
      to: '/data/sources',
      main: [words.people, data.people],
      hint: text.audience.populations.everyone,
      others: [
        [words.keys, number(data.keys)],
        [words.merged, number(data.merged)],
        [words.events, number(data.events)],
        [words.eventsPerMinute, number(data.eventsPerMinute)],
      ],
    },
    {
      tong: 'decision',
      to: '/audiences',
      main: [words.inAudiences, decision.inAudiences],
      others: [
        [words.segments, number(decision.segments)],
        [words.suppressed, number(decision.suppressed)],
      ],
    },
    {
      tong: 'execution',
      to: '/strategies',
      main: [words.peopleOnTheWay, execution.peopleOnTheWay],
      others: [
        [words.strategiesRunning, number(execution.strategiesRunning)],
        [words.passedToday, number(execution.passedToday)],
        [words.tasksOpen, number(execution.tasksOpen)],
      ],
    },
    {
      tong: 'channel',
      to: '/suppliers',
      main: [words.sent, channel.sent],
      others: [
        [words.delivered, number(channel.delivered)],
        [words.suppliers, `${number(channel.suppliersHealthy)} / ${number(channel.suppliers)}`],
      ],
    },
    {
      tong: 'feedback',
      to: '/messages?clicked=true',
      main: [words.converted, feedback.converted],
      others: [
        [words.receipts, number(feedback.receipts)],
        [words.clicked, number(feedback.clicked)],
        [words.replied, number(feedback.replied)],
      ],
    },
  ];
  return (
    <ol className={styles.loop} aria-label={words.loop}>
      {cards.map(({ tong, to, main: [name, tile], hint, others }) => {
        const light = lightOf(tong, health);
        return (
          <li key={tong}>
            <Link to={to} className={styles.card}>
              <span className={styles.head}>
                <b>{text.frame.tong[tong].name}</b>
                <span className={styles.light} data-light={light}>
                  <i aria-hidden="true" />
                  {wordOfLight(light, text.frame)}
                </span>
              </span>
              <span className={styles.main}>
                <span className={styles.value} title={format.integer(tile.value)}>
                  {number(tile)}
                </span>
                <span className={styles.name} title={hint}>
                  {name}
                  {tile.today ? <em>{words.today(format.compact(tile.today))}</em> : null}
                </span>
              </span>
              <dl className={styles.others}>
                {others.map(([label, value]) => (
                  <div key={label}>
                    <dt>{label}</dt>
                    <dd className="number">{value}</dd>
                  </div>
                ))}
              </dl>
            </Link>
          </li>
        );
      })}
    </ol>
  );
}
