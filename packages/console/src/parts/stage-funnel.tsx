import { Link } from 'react-router-dom';
import { useReader } from '../frame/reader.tsx';
import styles from './stage-funnel.module.css';

export interface FunnelStage {
  key: string;
  name: string;
  people: number;
  to?: string;
  /** Key of the stage whose share is shown; the one before when absent. */
  shareOf?: string | undefined;
  /** Whom the stage counts, on hover. */
  hint?: string | undefined;
}

/** Below this share of the widest stage a bar would vanish; it is drawn this wide so that it can be seen. */
const NARROWEST = 0.006;

/** Stages as bars on one scale, each with its number and its share of the stage before, or of the one it says. */
export function StageFunnel({ stages }: { stages: readonly FunnelStage[] }) {
  const { text, format } = useReader();
  const widest = Math.max(1, ...stages.map(({ people }) => people));
  return (
    <ol className={styles.funnel}>
      {stages.map(({ key, name, people, to, hint, shareOf }, index) => {
        const former = shareOf ? stages.find((stage) => stage.key === shareOf) : stages[index - 1];
        const share = former?.people ? people / former.people : undefined;
        const shown = share === undefined ? '' : format.percent(share);
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
              title={former && shown ? text.overview.ofFormer(shown, former.name) : ''}
            >
              {shown}
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
