/** The platform's clock in the browser: the demo's runs ahead of, or behind, the wall clock. */
import { useEffect, useState } from 'react';
import { platformApi } from '@wutong/contract';
import { useRead } from '../api/use-endpoint.ts';

export interface ClockReading {
  /** Epoch milliseconds of the platform's time. */
  now: number;
  /** Virtual seconds per real second. */
  rate: number;
  /** False while the demo's clock has not yet caught up with real time. */
  caughtUp: boolean;
}

/** Reads the platform's clock, ticking between two answers of the server. */
export function useClock(tickMs = 1_000): ClockReading {
  const answer = useRead(platformApi.readClock, undefined, { refetchIntervalMs: 5_000 });
  const [, setTick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setTick((tick) => tick + 1), tickMs);
    return () => clearInterval(timer);
  }, [tickMs]);
  if (!answer.data) return { now: Date.now(), rate: 1, caughtUp: true };
  const { rate, caughtUp } = answer.data;
  const elapsed = Math.max(0, Date.now() - answer.dataUpdatedAt);
  const ahead = Date.parse(answer.data.now) + elapsed * (caughtUp ? 1 : rate);
  return {
    now: caughtUp ? ahead : Math.min(ahead, Math.max(Date.now(), Date.parse(answer.data.now))),
    rate,
    caughtUp,
  };
}
