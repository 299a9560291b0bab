import { Button, DatePicker, Form, Input, Select } from 'antd';
import dayjs from 'dayjs';
import { streamsApi } from '@wutong/contract';
import { useWrite } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { Panel } from '../../../parts/page.tsx';
import { StateMark } from '../../../parts/state-mark.tsx';
import { KafkaFields } from '../kafka/kafka-fields.tsx';
import fields from '../kafka/kafka-fields.module.css';
import { kafkaSecretsOf } from '../kafka/kafka-draft.ts';
import { TrialFailure } from '../kafka/trial-failure.tsx';
import { isReachable, settingsOf, type StreamDraft } from './stream-draft.ts';

interface ConnectPanelProps {
  draft: StreamDraft;
  stored: streamsApi.Stream | undefined;
  onChange: (draft: StreamDraft) => void;
}

/** Brokers, topics, group and where to begin; with a test that says what is there. */
export function ConnectPanel({ draft, stored, onChange }: ConnectPanelProps) {
  const { text, format } = useReader();
  const words = text.streams;
  const check = useWrite(streamsApi.checkStream, []);
  const test = () =>
    check.mutate({
      body: {
        // Without a mapping the connection alone is tried.
        settings: { ...settingsOf(draft, undefined, undefined), format: 'native' },
        secrets: kafkaSecretsOf(draft.kafka),
        streamId: stored?.streamId,
      },
    });
  return (
    <Panel title={words.connect}>
      <Form layout="vertical" component="div">
        <KafkaFields
          draft={draft.kafka}
          kept={stored?.secrets ?? []}
          onChange={(kafka) => onChange({ ...draft, kafka })}
        />
        <div className={fields.pair}>
          <Form.Item label={words.topics} extra={words.topicsHint}>
            <Select
              mode="tags"
              open={false}
              suffixIcon={null}
              tokenSeparators={[',', ' ', '，', '、']}
              aria-label={words.topics}
              value={draft.topics}
              onChange={(topics) => onChange({ ...draft, topics })}
            />
          </Form.Item>
          <Form.Item label={words.group} extra={words.groupHint}>
            <Input
              className="mono"
              aria-label={words.group}
              maxLength={249}
              value={draft.group}
              onChange={({ target }) => onChange({ ...draft, group: target.value })}
            />
          </Form.Item>
          <StartField draft={draft} onChange={onChange} />
        </div>
      </Form>
      {check.error && <TrialFailure error={check.error} />}
      {check.data && (
        <div role="status" style={{ marginBottom: 12 }}>
          <StateMark tone="good">{words.tested}</StateMark>
          <ul>
            {check.data.topics.map(({ topic, partitions, messages }) => (
              <li key={topic}>
                <code className="mono">{topic}</code>{' '}
                {words.topicFound(format.integer(partitions), format.integer(messages))}
              </li>
            ))}
          </ul>
        </div>
      )}
      <Button disabled={!isReachable(draft)} loading={check.isPending} onClick={test}>
        {words.test}
      </Button>
    </Panel>
  );
}

function StartField({ draft, onChange }: Omit<ConnectPanelProps, 'stored'>) {
  const { streams: words } = useReader().text;
  return (
    <Form.Item label={words.startAt} extra={words.startAtHint}>
      <div className="row">
        <Select
          aria-label={words.startAt}
          style={{ minWidth: 150 }}
          value={draft.start}
          onChange={(start) => onChange({ ...draft, start })}
          options={(['earliest', 'latest', 'time'] as const).map((value) => ({
            value,
            label: words.startAts[value],
          }))}
        />
        {draft.start === 'time' && (
          <DatePicker
            showTime
            aria-label={words.startAts.time}
            value={draft.startTime === null ? null : dayjs(draft.startTime)}
            onChange={(time) => onChange({ ...draft, startTime: time?.toISOString() ?? null })}
          />
        )}
      </div>
    </Form.Item>
  );
}
