import { Link } from 'react-router-dom';
import { useReader } from '../frame/reader.tsx';
import styles from './stage-funnel.module.css';

export interface FunnelStage {
  key: string;
  name: string;
  people: number;
  to?: string;
  /** Whom the stage counts, on hover. */
  hint?: string | undefined;
}

/** Below this share of the widest stage a bar would vanish; it is drawn this wide so that it can be seen. */
const NARROWEST = 0.006;

/** Stages as bars on one scale, each with its number and its share of the stage before. */
export function StageFunnel({ stages }: { stages: readonly FunnelStage[] }) {
  const { text, format } = useReader();
  const widest = Math.max(1, ...stages.map(({ people }) => people));
  return (
    <ol className={styles.funnel}>
      {stages.map(({ key, name, people, to, hint }, index) => {
        const former = stages[index - 1]?.people;
        const share = former ? people / former : undefined;
        const body = (
          <>
            <span className={styles.name} title={hint}>
              {name}
            </span>
            <span className={styles.track} aria-hidden="true">
              <i
                style={{
                  width: `${people > 0 ? Math.max(NARROWEST, people / widest) * 100 : 0}%`,
                  opacity: 1 - index * 0.08,
                }}
              />
            </span>
            <span className={styles.people} title={format.integer(people)}>
              {format.compact(people)}
            </span>
            <span
              className={styles.share}
              title={share === undefined ? '' : text.overview.ofFormer(format.percent(share))}
            >
              {share === undefined ? '' : format.percent(share)}
            </span>
          </>
        );
        return (
          <li key={key}>
            {to ? (
              <Link to={to} className={styles.stage}>
                {body}
              </Link>
            ) : (
              <span className={styles.stage}>{body}</span>
            )}
          </li>
        );
      })}
    </ol>
  );
}
