/** Start of the calendar day of `at` (epoch ms) in a time zone, in epoch ms. */
export function startOfDay(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    hourCycle: 'h23',
  }).formatToParts(at);
  const value = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((part) => part.type === type)?.value);
  const midnight = Date.UTC(value('year'), value('month') - 1, value('day'));
  const offset = midnight + ((value('hour') * 60 + value('minute')) * 60 + value('second')) * 1000 - Math.floor(at / 1000) * 1000;
  return midnight - offset;
}
