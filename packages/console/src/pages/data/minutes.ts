/** One value per minute, the silent ones included: a pulse with gaps left out would look busy. */
export const RATE_MINUTES = 60;
const MINUTE_MS = 60_000;

interface Rate {
  minute: string;
  events: number;
}

/** The last `RATE_MINUTES` minutes up to `now` (epoch ms), oldest first. */
export function everyMinute(rates: readonly Rate[], now: number): { at: number; value: number }[] {
  const events = new Map(rates.map((rate) => [Math.floor(Date.parse(rate.minute) / MINUTE_MS), rate.events]));
  const last = Math.floor(now / MINUTE_MS);
  return Array.from({ length: RATE_MINUTES }, (_none, index) => {
    const minute = last - RATE_MINUTES + 1 + index;
    return { at: minute * MINUTE_MS, value: events.get(minute) ?? 0 };
  });
}
