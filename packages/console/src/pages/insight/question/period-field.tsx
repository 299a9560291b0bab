import { useState } from 'react';
import { DatePicker, Select } from 'antd';
import dayjs from 'dayjs';
import type { Period } from '@wutong/contract';
import { useClock } from '../../../frame/clock.tsx';
import { useReader } from '../../../frame/reader.tsx';
import { nextDate, startOfDate } from './bank-dates.ts';

const presets = [1, 7, 14, 30, 90, 180, 365] as const;
const CHOSEN = 'chosen';
/** Days change seldom; the calendar need not follow the seconds. */
const CLOCK_TICK_MS = 60_000;

/** Whole weeks and months of the bank's calendar, by the platform's clock; weeks begin on Monday. */
function useRanges(): { label: string; value: [dayjs.Dayjs, dayjs.Dayjs] }[] {
  const { text, format } = useReader();
  const { calendar } = text.insight;
  const { now } = useClock(CLOCK_TICK_MS);
  const today = dayjs(format.date(now));
  const monday = today.subtract((today.day() + 6) % 7, 'day');
  const month = today.startOf('month');
  return [
    { label: calendar.thisWeek, value: [monday, today] },
    { label: calendar.lastWeek, value: [monday.subtract(7, 'day'), monday.subtract(1, 'day')] },
    { label: calendar.thisMonth, value: [month, today] },
    { label: calendar.lastMonth, value: [month.subtract(1, 'month'), month.subtract(1, 'day')] },
    { label: calendar.thisYear, value: [today.startOf('year'), today] },
  ];
}

interface PeriodFieldProps {
  value: Period;
  onChange: (period: Period) => void;
  /** Only the last days, as alerts ask for. */
  relativeOnly?: boolean;
}

/** The last days up to now, or days of the bank's calendar. */
export function PeriodField({ value, onChange, relativeOnly }: PeriodFieldProps) {
  const { text, format, timeZone } = useReader();
  const words = text.insight;
  const [choosing, setChoosing] = useState(false);
  const relative = 'lastDays' in value;
  const days = relative ? value.lastDays : undefined;
  const options = [...new Set([...presets, ...(days ? [days] : [])])]
    .toSorted((left, right) => left - right)
    .map((each) => ({ value: String(each), label: words.lastDays(each) }));
  const ranges = useRanges();
  const open = choosing || !relative;
  // The end of a period is exclusive; people name its last day.
  const range: [dayjs.Dayjs, dayjs.Dayjs] | null = relative
    ? null
    : [dayjs(format.date(value.from)), dayjs(format.date(Date.parse(value.to) - 1))];
  return (
    <>
      <Select
        aria-label={words.period}
        style={{ width: '100%' }}
        value={open ? CHOSEN : String(days)}
        options={relativeOnly ? options : [...options, { value: CHOSEN, label: words.chosenDays }]}
        onChange={(next: string) => {
          setChoosing(next === CHOSEN);
          if (next !== CHOSEN) onChange({ lastDays: Number(next) });
        }}
      />
      {open && (
        <DatePicker.RangePicker
          aria-label={words.chosenDays}
          value={range}
          presets={ranges}
          allowClear={false}
          onChange={(chosen) => {
            if (!chosen?.[0] || !chosen[1]) return;
            setChoosing(false);
            onChange({
              from: startOfDate(chosen[0].format('YYYY-MM-DD'), timeZone),
              to: startOfDate(nextDate(chosen[1].format('YYYY-MM-DD')), timeZone),
            });
          }}
        />
      )}
    </>
  );
}
