import type { ReactNode } from 'react';
import { Button, Tooltip } from 'antd';
import { CloseOutlined, FilterOutlined } from '@ant-design/icons';
import type { AnalysedEvent } from '@wutong/contract';
import { useText } from '../../../frame/reader.tsx';
import { ConditionRows } from './condition-rows.tsx';
import { EventNameField } from './event-name-field.tsx';
import { propertiesOf, type InsightNames } from './use-insight-names.ts';
import styles from './question.module.css';

interface EventFieldProps<Event extends AnalysedEvent> {
  label: string;
  value: Event;
  onChange: (value: Event) => void;
  names: InsightNames;
  any?: boolean;
  /** Stands before the event: a letter, a number, a handle to drag. */
  mark?: ReactNode;
  onRemove?: () => void;
  /** Stands below the event: its measure, say. */
  children?: ReactNode;
}

/** One event of a question: which, and with which properties. */
export function EventField<Event extends AnalysedEvent>(props: EventFieldProps<Event>) {
  const { label, value, onChange, names, any, mark, onRemove, children } = props;
  const { insight: words } = useText();
  const properties = propertiesOf(names, [value.event]);
  const addCondition = () =>
    onChange({
      ...value,
      where: [...value.where, { property: properties[0]?.name ?? '', operator: 'eq', value: '' }],
    });
  return (
    <div className={styles.event}>
      <div className={styles.eventLine} data-marked={mark !== undefined}>
        {mark}
        <EventNameField
          label={label}
          value={value.event}
          names={names}
          any={any}
          onChange={(event) => onChange({ ...value, event, where: [], title: undefined })}
        />
        <span className={styles.tools}>
          <Tooltip title={words.addCondition}>
            <Button
              type="text"
              size="small"
              icon={<FilterOutlined />}
              aria-label={words.addCondition}
              disabled={properties.length === 0}
              onClick={addCondition}
            />
          </Tooltip>
          {onRemove && (
            <Button
              type="text"
              size="small"
              icon={<CloseOutlined />}
              aria-label={words.remove}
              onClick={onRemove}
            />
          )}
        </span>
      </div>
      {value.where.length > 0 && (
        <ConditionRows
          conditions={value.where}
          properties={properties}
          onChange={(where) => onChange({ ...value, where })}
        />
      )}
      {children}
    </div>
  );
}
