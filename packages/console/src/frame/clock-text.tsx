import { Tooltip } from 'antd';
import { useClock } from './clock.tsx';
import { useReader } from './reader.tsx';
import styles from './clock-text.module.css';

/** The platform's time, and the speed of the demo's clock while it runs ahead. */
export function ClockText() {
  const { text, format, timeZone } = useReader();
  const clock = useClock();
  const fast = !clock.caughtUp && clock.rate > 1;
  return (
    <Tooltip title={`${text.frame.clockHint} (${timeZone})`}>
      <span className={styles.clock} role="timer" aria-live="off">
        <span className="number">{format.shortTime(clock.now)}</span>
        {fast && <span className={styles.rate}>{text.frame.clockRate(format.compact(clock.rate))}</span>}
      </span>
    </Tooltip>
  );
}
