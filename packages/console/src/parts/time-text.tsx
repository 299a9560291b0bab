import { useReader } from '../frame/reader.tsx';
import { epochMs, formatAgo, type Instant } from '../format/times.ts';

interface TimeTextProps {
  at: Instant;
  /** `short` leaves the year out, `full` shows seconds, `date` the day only. */
  form?: 'short' | 'full' | 'date';
}

/** A time in the bank's zone; the whole of it stands in the tool tip. */
export function TimeText({ at, form = 'short' }: TimeTextProps) {
  const { format, timeZone } = useReader();
  const value = epochMs(at);
  if (value === undefined) return <span className="faint">–</span>;
  const written =
    form === 'full' ? format.dateTime(at) : form === 'date' ? format.date(at) : format.shortTime(at);
  return (
    <time
      className="number nowrap"
      dateTime={new Date(value).toISOString()}
      title={`${format.dateTime(at)} (${timeZone})`}
    >
      {written}
    </time>
  );
}

/** How long ago, by the platform's clock, which the caller reads once for the whole list. */
export function AgoText({ at, now }: { at: Instant; now: number }) {
  const { format, language, timeZone } = useReader();
  const value = epochMs(at);
  if (value === undefined) return <span className="faint">–</span>;
  return (
    <time
      className="nowrap"
      dateTime={new Date(value).toISOString()}
      title={`${format.dateTime(at)} (${timeZone})`}
    >
      {formatAgo(at, now, language)}
    </time>
  );
}
