import { Button, Form, Input, InputNumber, Segmented, Switch } from 'antd';
import { outputsApi } from '@wutong/contract';
import { useWrite } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { ChoiceCards } from '../../../parts/choice-cards.tsx';
import { Panel } from '../../../parts/page.tsx';
import { StateMark } from '../../../parts/state-mark.tsx';
import { kafkaSecretsOf } from '../kafka/kafka-draft.ts';
import { KafkaFields } from '../kafka/kafka-fields.tsx';
import fields from '../kafka/kafka-fields.module.css';
import { TrialFailure } from '../kafka/trial-failure.tsx';
import { destinationOf, isStepComplete, kinds, type OutputDraft } from './output-draft.ts';
import { Problem } from './output-words.tsx';

interface WhereStepProps {
  draft: OutputDraft;
  /** The stored output, whose secrets count. */
  stored: outputsApi.Output | undefined;
  onChange: (draft: OutputDraft) => void;
}

/** Where it goes, with a delivery without data to try. */
export function WhereStep({ draft, stored, onChange }: WhereStepProps) {
  const { text } = useReader();
  const words = text.outputs;
  return (
    <Panel title={words.steps.where}>
      <ChoiceCards
        label={words.where}
        value={draft.kind}
        disabled={stored !== undefined}
        onChange={(kind) => onChange({ ...draft, kind })}
        choices={kinds.map((value) => ({ value, ...words.destinations[value] }))}
      />
      <Form layout="vertical" component="div" style={{ marginTop: 18 }}>
        {draft.kind === 'files' && <FileFields draft={draft} onChange={onChange} />}
        {draft.kind === 'webhook' && <WebhookFields draft={draft} onChange={onChange} />}
        {draft.kind === 'kafka' && (
          <>
            <KafkaFields
              draft={draft.kafka}
              kept={stored?.secrets ?? []}
              onChange={(kafka) => onChange({ ...draft, kafka })}
            />
            <Form.Item label={words.topic}>
              <Input
                className="mono"
                aria-label={words.topic}
                style={{ maxWidth: 360 }}
                value={draft.topic}
                onChange={({ target }) => onChange({ ...draft, topic: target.value })}
              />
            </Form.Item>
          </>
        )}
      </Form>
      <TestDelivery draft={draft} stored={stored} />
    </Panel>
  );
}

type FieldsProps = Omit<WhereStepProps, 'stored'>;

function FileFields({ draft, onChange }: FieldsProps) {
  const { outputs: words } = useReader().text;
  return (
    <div className={fields.pair}>
      <Form.Item label={words.folder} extra={words.folderHint}>
        <Input
          className="mono"
          aria-label={words.folder}
          maxLength={64}
          value={draft.folder}
          onChange={({ target }) => onChange({ ...draft, folder: target.value })}
        />
      </Form.Item>
      <Form.Item label={words.format}>
        <div className="row">
          <Segmented
            aria-label={words.format}
            value={draft.format}
            onChange={(format) => onChange({ ...draft, format })}
            options={(['csv', 'ndjson'] as const).map((value) => ({ value, label: words.formats[value] }))}
          />
          <label className="row">
            <Switch
              size="small"
              aria-label={words.gzip}
              checked={draft.gzip}
              onChange={(gzip) => onChange({ ...draft, gzip })}
            />
            {words.gzip}
          </label>
        </div>
      </Form.Item>
    </div>
  );
}

function WebhookFields({ draft, onChange }: FieldsProps) {
  const { outputs: words } = useReader().text;
  const number = (
    name: 'rowsADelivery' | 'attempts' | 'timeoutSeconds',
    label: string,
    max: number,
    hint?: string,
  ) => (
    <Form.Item label={label} extra={hint}>
      <InputNumber
        aria-label={label}
        min={1}
        max={max}
        precision={0}
        value={draft[name]}
        onChange={(value) => onChange({ ...draft, [name]: value ?? 1 })}
      />
    </Form.Item>
  );
  return (
    <>
      <Form.Item label={words.url} extra={words.urlHint}>
        <Input
          className="mono"
          aria-label={words.url}
          placeholder="https://…"
          maxLength={2_000}
          value={draft.url}
          onChange={({ target }) => onChange({ ...draft, url: target.value })}
        />
      </Form.Item>
      <div className={fields.pair}>
        {number('rowsADelivery', words.rowsADelivery, 1_000)}
        {number('attempts', words.attempts, 50, words.attemptsHint)}
        {number('timeoutSeconds', words.timeout, 60)}
      </div>
    </>
  );
}

/** A delivery without data: what it does stands beside it, what came of it below. */
export function TestDelivery({ draft, stored }: Omit<WhereStepProps, 'onChange'>) {
  const { text, format } = useReader();
  const words = text.outputs;
  const check = useWrite(outputsApi.checkOutput, [outputsApi.listOutputLog]);
  const run = () =>
    check.mutate({
      body: {
        destination: destinationOf(draft),
        secrets: draft.kind === 'kafka' ? kafkaSecretsOf(draft.kafka) : {},
        outputId: stored?.outputId,
      },
    });
  return (
    <>
      {check.error && <TrialFailure error={check.error} />}
      {check.data && (
        <div role="status" style={{ marginBottom: 12 }}>
          {check.data.ok ? (
            <StateMark tone="good">{words.tested(format.integer(Math.round(check.data.tookMs)))}</StateMark>
          ) : (
            <Problem code={check.data.code} said={check.data.message} />
          )}
        </div>
      )}
      <div className="row">
        <Button disabled={!isStepComplete('where', draft)} loading={check.isPending} onClick={run}>
          {words.test}
        </Button>
        <span className="faint">{words.testHint[draft.kind]}</span>
      </div>
    </>
  );
}
