import type { ReactNode } from 'react';
import styles from './state-mark.module.css';

export type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'quiet';

/** A dot and a word: the state of a thing. The word carries the meaning; the colour only helps to find it. */
export function StateMark({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className={styles.mark} data-tone={tone}>
      <i aria-hidden="true" />
      {children}
    </span>
  );
}

/** A small label on a ground of its tone. */
export function Chip({ tone = 'quiet', children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span className={styles.chip} data-tone={tone}>
      {children}
    </span>
  );
}

const tones: Record<string, Tone> = {
  running: 'good',
  published: 'good',
  delivered: 'good',
  clicked: 'good',
  replied: 'good',
  done: 'good',
  finished: 'quiet',
  succeeded: 'good',
  ok: 'good',
  healthy: 'good',
  bound: 'good',
  connected: 'good',
  granted: 'good',
  approved: 'good',
  renewed: 'good',
  bought: 'good',
  accepted: 'good',
  sent: 'busy',
  sending: 'busy',
  pending: 'busy',
  reserved: 'busy',
  queued: 'busy',
  calling: 'busy',
  submitted: 'busy',
  in_review: 'busy',
  in_progress: 'busy',
  open: 'busy',
  claimed: 'busy',
  assigned: 'busy',
  paused: 'warn',
  deferred: 'warn',
  degraded: 'warn',
  uncertain: 'warn',
  timed_out: 'warn',
  expired: 'warn',
  failed: 'bad',
  rejected: 'bad',
  undelivered: 'bad',
  down: 'bad',
  withdrawn: 'bad',
};

/** The tone of a state's code; unknown states are quiet. */
export function toneOf(code: string | null | undefined): Tone {
  return (code && tones[code]) || 'quiet';
}
