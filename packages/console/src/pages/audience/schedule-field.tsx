import { InputNumber, Select, TimePicker } from 'antd';
import dayjs from 'dayjs';
import type { Schedule } from '../../api/vocabulary.ts';
import { ingestApi } from '@wutong/contract';
import { useRead } from '../../api/use-endpoint.ts';
import { useText } from '../../frame/reader.tsx';
import { useMay } from '../../frame/session.tsx';
import { wideList } from '../../parts/wide-list.ts';
import styles from './segment-form.module.css';

interface ScheduleFieldProps {
  value?: Schedule;
  onChange?: (schedule: Schedule) => void;
}

const MORNING = '06:00';
const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const;

/** A schedule of another rhythm, at the same hour where it has one. */
function asEvery(every: Schedule['every'], former: Schedule): Schedule {
  const at = 'at' in former ? former.at : MORNING;
  switch (every) {
    case 'manual':
      return { every };
    case 'minutes':
      return { every, minutes: 60 };
    case 'day':
      return { every, at };
    case 'week':
      return { every, weekday: 1, at };
    case 'month':
      return { every, day: 1, at };
    case 'source_ready':
      return { every, at, sources: [] };
  }
}

/** When something is computed anew: every so many minutes, at an hour of days, weeks or months, or by hand. */
export function ScheduleField({ value = { every: 'manual' }, onChange }: ScheduleFieldProps) {
  const { audience: words } = useText();
  const put = (schedule: Schedule) => onChange?.(schedule);
  return (
    <span className={styles.schedule}>
      <Select
        aria-label={words.schedule}
        value={value.every}
        {...wideList}
        options={(['minutes', 'day', 'week', 'month', 'source_ready', 'manual'] as const).map((every) => ({
          value: every,
          label: words.rhythm[every],
        }))}
        onChange={(every) => put(asEvery(every, value))}
      />
      {value.every === 'minutes' && (
        <InputNumber
          aria-label={words.rhythm.minutes}
          min={1}
          max={1440}
          value={value.minutes}
          onChange={(minutes) => put({ ...value, minutes: minutes ?? 60 })}
        />
      )}
      {value.every === 'week' && (
        <Select
          aria-label={words.rhythm.week}
          value={value.weekday}
          options={WEEKDAYS.map((day) => ({ value: day, label: words.weekdayNames[day] }))}
          onChange={(weekday) => put({ ...value, weekday })}
        />
      )}
      {value.every === 'month' && (
        <InputNumber
          aria-label={words.rhythm.month}
          min={1}
          max={31}
          value={value.day}
          onChange={(day) => put({ ...value, day: day ?? 1 })}
        />
      )}
      {value.every === 'source_ready' && (
        <SourcesField sources={value.sources} onChange={(sources) => put({ ...value, sources })} />
      )}
      {'at' in value && (
        <TimePicker
          aria-label={words.atHour}
          format="HH:mm"
          allowClear={false}
          value={dayjs(`2000-01-01T${value.at}`)}
          onChange={(time) => put({ ...value, at: time?.format('HH:mm') ?? MORNING })}
        />
      )}
    </span>
  );
}

interface SourcesFieldProps {
  sources: readonly string[];
  onChange: (sources: string[]) => void;
}

/** The sources that must have brought all they held; by their names where the reader may see them. */
function SourcesField({ sources, onChange }: SourcesFieldProps) {
  const { audience: words } = useText();
  const { data } = useRead(ingestApi.listSources, undefined, { enabled: useMay(ingestApi.listSources) });
  return (
    <Select
      mode="tags"
      aria-label={words.sources}
      placeholder={words.sources}
      status={sources.length === 0 ? 'warning' : undefined}
      aria-invalid={sources.length === 0}
      value={[...sources]}
      options={(data?.items ?? []).map(({ sourceId, name }) => ({ value: sourceId, label: name }))}
      onChange={onChange}
    />
  );
}
