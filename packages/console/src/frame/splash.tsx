import { LeafMark } from './leaf-mark.tsx';
import { useText } from './reader.tsx';
import styles from './splash.module.css';

/** What stands on the screen while the session is being read. */
export function Splash() {
  const { state } = useText();
  return (
    <div className={styles.splash} role="status" aria-label={state.loading}>
      <LeafMark sizePx={44} />
    </div>
  );
}
