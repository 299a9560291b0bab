import { Form, Input, InputNumber, Radio, Select } from 'antd';
import { useReader } from '../../../frame/reader.tsx';
import { Panel } from '../../../parts/page.tsx';
import { ScheduleField } from '../../audience/schedule-field.tsx';
import styles from './ingestion.module.css';
import type { TaskDraft } from './task-draft.ts';

interface LoadPanelProps {
  draft: TaskDraft;
  /** Columns of the preview; those chosen before are offered without one too. */
  columns: readonly string[];
  onChange: (draft: TaskDraft) => void;
}

/** How much a run reads, by which columns, and when it runs. */
export function LoadPanel({ draft, columns, onChange }: LoadPanelProps) {
  const { text } = useReader();
  const words = text.warehouse.tasks;
  const known = [...new Set([...columns, ...draft.key, draft.watermark])].filter((each) => each !== '');
  const options = known.map((value) => ({ value, label: value }));
  return (
    <Panel title={words.load}>
      <Form layout="vertical" component="div">
        <Form.Item>
          <Radio.Group
            value={draft.mode}
            onChange={({ target }) => onChange({ ...draft, mode: target.value as TaskDraft['mode'] })}
            options={[
              { value: 'incremental', label: words.incremental },
              { value: 'full', label: words.full },
            ]}
          />
        </Form.Item>
        <div className={styles.pair}>
          <Form.Item label={words.key} extra={words.keyHint}>
            <Select
              mode="multiple"
              aria-label={words.key}
              value={draft.key}
              onChange={(key) => onChange({ ...draft, key })}
              options={options}
            />
          </Form.Item>
          {draft.mode === 'incremental' && <Watermark draft={draft} options={options} onChange={onChange} />}
        </div>
        <div className={styles.pair}>
          <Form.Item label={words.timing}>
            <ScheduleField value={draft.schedule} onChange={(schedule) => onChange({ ...draft, schedule })} />
          </Form.Item>
          <Form.Item label={words.expected} extra={words.lateHint}>
            <InputNumber
              min={1}
              max={525_600}
              precision={0}
              aria-label={words.expected}
              suffix={words.minutes}
              style={{ width: 180 }}
              value={draft.expectedWithinMinutes}
              onChange={(expectedWithinMinutes) => onChange({ ...draft, expectedWithinMinutes })}
            />
          </Form.Item>
        </div>
      </Form>
    </Panel>
  );
}

interface WatermarkProps {
  draft: TaskDraft;
  options: { value: string; label: string }[];
  onChange: (draft: TaskDraft) => void;
}

function Watermark({ draft, options, onChange }: WatermarkProps) {
  const { tasks: words } = useReader().text.warehouse;
  return (
    <>
      <Form.Item label={words.watermarkColumn} extra={words.watermarkHint}>
        <Select
          aria-label={words.watermarkColumn}
          value={draft.watermark || undefined}
          onChange={(watermark) => onChange({ ...draft, watermark })}
          options={options}
        />
      </Form.Item>
      <Form.Item label={words.startAt} extra={words.startAtHint}>
        <Input
          aria-label={words.startAt}
          value={draft.startAt}
          maxLength={100}
          onChange={({ target }) => onChange({ ...draft, startAt: target.value })}
        />
      </Form.Item>
      <Form.Item label={words.overlap} extra={words.overlapHint}>
        <InputNumber
          min={0}
          max={10_000_000}
          aria-label={words.overlap}
          suffix={words.overlapUnit}
          style={{ width: 240 }}
          value={draft.overlap}
          onChange={(overlap) => onChange({ ...draft, overlap: overlap ?? 0 })}
        />
      </Form.Item>
      <Form.Item label={words.delay} extra={words.delayHint}>
        <InputNumber
          min={0}
          max={604_800}
          precision={0}
          aria-label={words.delay}
          suffix={words.seconds}
          style={{ width: 180 }}
          value={draft.delaySeconds}
          onChange={(delaySeconds) => onChange({ ...draft, delaySeconds: delaySeconds ?? 0 })}
        />
      </Form.Item>
    </>
  );
}
