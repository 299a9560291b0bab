import { useState, type ReactNode } from 'react';
import { Button, Checkbox, Popover, TimePicker } from 'antd';
import { ClockCircleOutlined, FilterOutlined } from '@ant-design/icons';
import dayjs from 'dayjs';
import type { EventSource } from '@wutong/contract';
import { useText } from '../../frame/reader.tsx';
import { fieldsOf } from '../rule/names.ts';
import { compareField } from '../rule/new-condition.ts';
import { groupCondition } from '../rule/groups.ts';
import { useRule } from '../rule-context.ts';
import { InnerConditions } from './inner-conditions.tsx';
import { eventGroups } from './name-groups.ts';
import { NameSelect } from './name-select.tsx';
import styles from './builder.module.css';

interface EventPartProps {
  source: EventSource;
  onChange: (source: EventSource) => void;
  /** The rest of the sentence, on the same line. */
  children?: ReactNode;
}

/** Which event, and which of them: by properties, weekdays and time of day. */
export function EventPart({ source, onChange, children }: EventPartProps) {
  const { rule: words } = useText();
  const { names } = useRule();
  const subject = { kind: 'event', event: source.event } as const;
  const narrow = () => {
    const field = fieldsOf(names, subject)[0];
    if (field) onChange({ ...source, where: groupCondition('all', [compareField(field)]) });
  };
  return (
    <>
      <NameSelect
        label={words.pickEvent}
        placeholder={words.pickEvent}
        value={source.event}
        groups={eventGroups(names, words)}
        onChange={(event) => {
          // Conditions and measures are about properties of the former event.
          const { where: _where, property: _property, ...rest } = source;
          onChange({ ...rest, event });
        }}
      />
      {children}
      {!source.where && source.event !== '' && (
        <Button
          type="text"
          className={styles.quietButton}
          icon={<FilterOutlined />}
          title={words.addWhere}
          aria-label={words.addWhere}
          onClick={narrow}
        />
      )}
      <WhenField source={source} onChange={onChange} />
      {source.where && (
        <InnerConditions
          label={words.where}
          subject={subject}
          where={source.where}
          onChange={(where) => {
            const { where: _former, ...rest } = source;
            onChange(where ? { ...rest, where } : rest);
          }}
        />
      )}
    </>
  );
}

const DAYS = [1, 2, 3, 4, 5, 6, 7] as const;

/** Weekdays and time of day, behind a small clock until they are used. */
function WhenField({ source, onChange }: Omit<EventPartProps, 'children'>) {
  const { rule: words } = useText();
  const [open, setOpen] = useState(false);
  const { weekdays, timeOfDay, ...rest } = source;
  const put = (days: number[], time: EventSource['timeOfDay']) =>
    onChange({
      ...rest,
      ...(days.length > 0 ? { weekdays: days } : {}),
      ...(time ? { timeOfDay: time } : {}),
    });
  const said = [
    (weekdays ?? []).map((day) => words.weekdays[day as 1]).join(' '),
    timeOfDay && `${timeOfDay.from}–${timeOfDay.to}`,
  ].filter(Boolean);
  const clock = (text: string | undefined) => (text ? dayjs(`2000-01-01T${text}`) : null);
  return (
    <Popover
      trigger="click"
      open={open}
      onOpenChange={setOpen}
      destroyOnHidden
      content={
        <div className={styles.sheet}>
          <Checkbox.Group
            value={weekdays ?? []}
            options={DAYS.map((day) => ({ value: day, label: words.weekdays[day] }))}
            onChange={(days) =>
              put(
                days.toSorted((left, right) => left - right),
                timeOfDay,
              )
            }
          />
          <TimePicker.RangePicker
            format="HH:mm"
            order={false}
            placeholder={[words.timeFrom, words.timeTo]}
            value={timeOfDay ? [clock(timeOfDay.from), clock(timeOfDay.to)] : null}
            onChange={(ends) =>
              put(
                weekdays ?? [],
                ends?.[0] && ends[1]
                  ? { from: ends[0].format('HH:mm'), to: ends[1].format('HH:mm') }
                  : undefined,
              )
            }
          />
        </div>
      }
    >
      <Button
        type="text"
        className={styles.quietButton}
        icon={<ClockCircleOutlined />}
        title={words.when}
        aria-label={words.when}
      >
        {said.length > 0 ? said.join(' ') : undefined}
      </Button>
    </Popover>
  );
}
