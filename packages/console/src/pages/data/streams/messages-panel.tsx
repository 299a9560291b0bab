import { Button, Checkbox } from 'antd';
import { streamsApi, type ResponseOf } from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import { useMay } from '../../../frame/session.tsx';
import { ChoiceCards } from '../../../parts/choice-cards.tsx';
import { Panel } from '../../../parts/page.tsx';
import { RecordTable, type Column } from '../../../parts/record-table.tsx';
import { EmptyState } from '../../../parts/states.tsx';
import { TimeText } from '../../../parts/time-text.tsx';
import { useCodeSentence } from '../code-sentence.ts';
import { TrialFailure } from '../kafka/trial-failure.tsx';
import { formats, type Format } from './stream-draft.ts';

export type StreamPreview = ResponseOf<typeof streamsApi.previewStream>;
type Message = StreamPreview['messages'][number];

interface MessagesPanelProps {
  format: Format;
  onFormat: (format: Format) => void;
  preview: StreamPreview | undefined;
  error: unknown;
  loading: boolean;
  /** The brokers are named. */
  ready: boolean;
  open: boolean;
  onOpen: (open: boolean) => void;
  onPreview: () => void;
}

const openPersonalData = { permission: 'pii.open' };

/** The format of messages, the newest of them, and what would become of each. */
export function MessagesPanel(props: MessagesPanelProps) {
  const { text } = useReader();
  const words = text.streams;
  const mayOpen = useMay(openPersonalData);
  const { preview } = props;
  return (
    <>
      <Panel title={words.format}>
        <ChoiceCards
          label={words.format}
          value={props.format}
          onChange={props.onFormat}
          choices={formats.map((value) => ({ value, ...words.formats[value] }))}
        />
        <div className="row" style={{ marginTop: 16 }}>
          <Button disabled={!props.ready} loading={props.loading} onClick={props.onPreview}>
            {preview ? words.previewAgain : words.preview}
          </Button>
          {mayOpen && (
            <Checkbox checked={props.open} onChange={({ target }) => props.onOpen(target.checked)}>
              {words.open} <span className="faint">{words.openHint}</span>
            </Checkbox>
          )}
          <span className="faint">{words.previewHint}</span>
        </div>
        {props.error !== null && props.error !== undefined && (
          <div style={{ marginTop: 12 }}>
            <TrialFailure error={props.error} />
          </div>
        )}
      </Panel>
      {preview && (
        <Panel flush title={words.preview}>
          <MessageTable messages={preview.messages} isDescribed={props.format !== 'json'} />
        </Panel>
      )}
    </>
  );
}

function MessageTable({ messages, isDescribed }: { messages: readonly Message[]; isDescribed: boolean }) {
  const { text, format } = useReader();
  const words = text.streams;
  const sentence = useCodeSentence();
  const columns: Column<Message>[] = [
    {
      key: 'place',
      title: words.partition,
      phone: 'title',
      width: '190px',
      render: ({ topic, partition, offset, at }) => (
        <>
          <code className="mono">
            {topic}/{partition}/{offset}
          </code>
          {at && (
            <div className="faint">
              <TimeText at={at} form="full" />
            </div>
          )}
        </>
      ),
    },
    {
      key: 'text',
      title: words.message,
      render: ({ text: said }) => (
        <code className="mono" style={{ overflowWrap: 'anywhere' }}>
          {said.length > 300 ? `${said.slice(0, 300)}…` : said}
        </code>
      ),
    },
    {
      key: 'fate',
      title: words.fate,
      width: '220px',
      render: ({ records, problem }) => (
        <>
          {records > 0 && words.becomes(format.integer(records))}
          {problem && (
            <div style={{ color: 'var(--red)' }}>
              {sentence(problem.code)}
              {problem.reason && <span className="mono"> {problem.reason}</span>}
            </div>
          )}
          {records === 0 && !problem && <span className="faint">{isDescribed ? words.nothing : '–'}</span>}
        </>
      ),
    },
  ];
  return (
    <RecordTable
      label={words.preview}
      columns={columns}
      rows={messages}
      rowKey={({ topic, partition, offset }) => `${topic}/${partition}/${offset}`}
      empty={<EmptyState small title={words.noMessages} />}
    />
  );
}
