import { epochOfZonedTime, zoneOffsetMs } from '../profile/index.ts';

/** Calendar days and local times of one time zone. */
export interface BankDays {
  /** YYYY-MM-DD of an instant (epoch ms). */
  dayOf(timeMs: number): string;
  /** Epoch ms of a local date and time `YYYY-MM-DD[ T]HH:mm[:ss[.SSS]]` or a day; NaN when it is none. */
  instantOf(local: string): number;
}

// Offsets of time zones change at full quarters of an hour only.
const QUARTER_HOUR_MS = 900_000;
const CACHE_LIMIT = 5_000;
const LOCAL = /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,3})\d*)?)?)?$/;

/** Days are remembered by the quarter: asking Intl costs 2 µs, and every record asks. */
export function createBankDays(timeZone: string): BankDays {
  const days = new Map<number, string>();
  return {
    dayOf(timeMs) {
      const quarter = Math.floor(timeMs / QUARTER_HOUR_MS);
      let day = days.get(quarter);
      if (day === undefined) {
        const start = quarter * QUARTER_HOUR_MS;
        day = new Date(start + zoneOffsetMs(start, timeZone)).toISOString().slice(0, 10);
        if (days.size >= CACHE_LIMIT) days.clear();
        days.set(quarter, day);
      }
      return day;
    },
    instantOf(local) {
      const match = LOCAL.exec(local);
      if (!match) return Number.NaN;
      const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '0'] = match;
      const wall = Date.UTC(+year!, +month! - 1, +day!, +hour, +minute, +second, +fraction.padEnd(3, '0'));
      return epochOfZonedTime(wall, timeZone);
    },
  };
}
