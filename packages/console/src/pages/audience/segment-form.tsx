import { useState } from 'react';
import { Button, Form, Input, InputNumber } from 'antd';
import { audienceApi } from '@wutong/contract';
import { audienceIdSchema, type Schedule } from '../../api/vocabulary.ts';
import { useRead } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { Panel } from '../../parts/page.tsx';
import { Answer, sentenceOf } from '../../parts/states.tsx';
import { EqlEditor } from './eql-editor.tsx';
import styles from './eql-editor.module.css';
import { LiveCount } from './live-count.tsx';
import { SamplePeople } from './sample-people.tsx';
import { useEqlCheck } from './use-eql-check.ts';

export interface SegmentDraft {
  segmentId: string;
  name: string;
  description: string;
  text: string;
  schedule: Schedule;
}

interface SegmentFormProps {
  draft: SegmentDraft;
  /** A saved segment keeps its id. */
  idFixed: boolean;
  submitLabel: string;
  busy: boolean;
  error: unknown;
  onSubmit: (draft: SegmentDraft) => void;
  onCancel?: () => void;
}

const SAMPLE = 10;
const DEFAULT_MINUTES = 60;

/** Writes a segment: name, expression, live count, what each condition removes, some of the people. */
export function SegmentForm({
  draft,
  idFixed,
  submitLabel,
  busy,
  error,
  onSubmit,
  onCancel,
}: SegmentFormProps) {
  const { text: words } = useReader();
  const [text, setText] = useState(draft.text);
  const check = useEqlCheck(text);
  const people = useRead(
    audienceApi.peopleOfEql,
    { body: { text: check.checkedText, limit: SAMPLE } },
    { enabled: check.valid, keepPrevious: true },
  );
  const minutes = draft.schedule.every === 'minutes' ? draft.schedule.minutes : DEFAULT_MINUTES;
  return (
    <Form
      layout="vertical"
      requiredMark={false}
      initialValues={{ ...draft, minutes }}
      onFinish={({ minutes: every, ...fields }: SegmentDraft & { minutes: number }) =>
        onSubmit({ ...draft, ...fields, text, schedule: { every: 'minutes', minutes: every } })
      }
    >
      <div className="stack">
        <Panel>
          <div className={styles.form}>
            <Form.Item
              name="name"
              label={words.audience.name}
              rules={[{ required: true, whitespace: true, message: words.audience.nameMissing }]}
            >
              <Input placeholder={words.audience.namePlaceholder} maxLength={200} />
            </Form.Item>
            <Form.Item
              name="segmentId"
              label={words.audience.id}
              tooltip={words.audience.idHint}
              rules={[
                {
                  validator: (_rule, value) =>
                    audienceIdSchema.safeParse(value).success
                      ? Promise.resolve()
                      : Promise.reject(new Error(words.audience.idWrong)),
                },
              ]}
            >
              <Input className="mono" disabled={idFixed} maxLength={63} />
            </Form.Item>
            <Form.Item name="minutes" label={words.audience.schedule}>
              <InputNumber min={1} max={1440} style={{ width: '100%' }} suffix={words.minutesUnit} />
            </Form.Item>
            <Form.Item name="description" label={words.audience.description} className={styles.whole}>
              <Input maxLength={2000} />
            </Form.Item>
          </div>
        </Panel>
        <Panel title={words.audience.definition} definition={words.audience.definitionHint}>
          <EqlEditor text={text} onChange={setText} check={check} />
        </Panel>
        <LiveCount check={check} />
        {check.valid && (
          <Panel title={words.audience.sample} flush>
            <Answer query={people}>
              {({ items }) => <SamplePeople label={words.audience.sample} people={items} />}
            </Answer>
          </Panel>
        )}
        {error !== null && error !== undefined && (
          <p role="alert" style={{ color: 'var(--red)' }}>
            {sentenceOf(error, words)}
          </p>
        )}
        <div className="row">
          <Button type="primary" htmlType="submit" loading={busy} disabled={!check.valid}>
            {submitLabel}
          </Button>
          {onCancel && <Button onClick={onCancel}>{words.state.cancel}</Button>}
        </div>
      </div>
    </Form>
  );
}
