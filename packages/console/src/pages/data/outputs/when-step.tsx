import { Form, Input, InputNumber, Radio, TimePicker } from 'antd';
import dayjs from 'dayjs';
import { useReader } from '../../../frame/reader.tsx';
import { Facts } from '../../../parts/facts.tsx';
import { Panel } from '../../../parts/page.tsx';
import { Chip } from '../../../parts/state-mark.tsx';
import fields from '../kafka/kafka-fields.module.css';
import {
  destinationOf,
  isEmptyOnce,
  scheduleKinds,
  scheduleOfDraft,
  type OutputDraft,
} from './output-draft.ts';
import { placeOf, scheduleOf } from './output-words.tsx';

interface StepProps {
  draft: OutputDraft;
  isNew: boolean;
  onChange: (draft: OutputDraft) => void;
}

/** When it runs, what it is called, and what will happen. */
export function WhenStep({ draft, isNew, onChange }: StepProps) {
  const { text } = useReader();
  const words = text.outputs;
  return (
    <>
      <Panel title={words.when}>
        <Form layout="vertical" component="div">
          <ScheduleFields draft={draft} onChange={onChange} />
          <div className={fields.pair}>
            <Form.Item label={words.name}>
              <Input
                aria-label={words.name}
                maxLength={200}
                value={draft.name}
                onChange={({ target }) => onChange({ ...draft, name: target.value })}
              />
            </Form.Item>
            <Form.Item label={words.id} extra={isNew ? words.idHint : undefined}>
              <Input
                className="mono"
                aria-label={words.id}
                disabled={!isNew}
                maxLength={63}
                value={draft.outputId}
                onChange={({ target }) => onChange({ ...draft, outputId: target.value })}
              />
            </Form.Item>
          </div>
        </Form>
      </Panel>
      <Summary draft={draft} />
    </>
  );
}

function ScheduleFields({ draft, onChange }: Omit<StepProps, 'isNew'>) {
  const { outputs: words } = useReader().text;
  const wrong = isEmptyOnce(draft);
  return (
    <Form.Item
      label={words.when}
      validateStatus={wrong ? 'error' : undefined}
      help={wrong ? words.onceFromNow : undefined}
    >
      <div className="row">
        <Radio.Group
          aria-label={words.when}
          value={draft.schedule}
          onChange={({ target }) => onChange({ ...draft, schedule: target.value as OutputDraft['schedule'] })}
          options={scheduleKinds.map((value) => ({ value, label: words.schedules[value] }))}
        />
        {draft.schedule === 'every' && (
          <InputNumber
            aria-label={words.minutes}
            suffix={words.minutes}
            min={1}
            max={10_080}
            precision={0}
            style={{ width: 140 }}
            value={draft.minutes}
            onChange={(minutes) => onChange({ ...draft, minutes: minutes ?? 60 })}
          />
        )}
        {draft.schedule === 'daily' && (
          <TimePicker
            aria-label={words.atHour}
            format="HH:mm"
            allowClear={false}
            value={dayjs(`2000-01-01T${draft.at}`)}
            onChange={(time) => onChange({ ...draft, at: time?.format('HH:mm') ?? '06:00' })}
          />
        )}
      </div>
    </Form.Item>
  );
}

function Summary({ draft }: { draft: OutputDraft }) {
  const { text, format } = useReader();
  const words = text.outputs;
  const subject = words.subjects[draft.subject];
  return (
    <Panel title={words.summary}>
      <Facts
        facts={[
          [words.what, `${subject.label} · ${subject.hint}`],
          draft.subject !== 'portraits' && [words.startAt, words.startAts[draft.startAt]],
          [
            words.where,
            <span key="where">
              {words.destinations[draft.kind].label}{' '}
              <code className="mono">{placeOf(destinationOf(draft) as Parameters<typeof placeOf>[0])}</code>
            </span>,
          ],
          [
            words.personal,
            <Chip key="personal" tone={draft.open ? 'warn' : 'good'}>
              {draft.open ? words.openData : words.maskedData}
            </Chip>,
          ],
          [words.when, scheduleOf(scheduleOfDraft(draft), text, format)],
        ]}
      />
    </Panel>
  );
}
