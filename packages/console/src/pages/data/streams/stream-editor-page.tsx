import { useState } from 'react';
import { Button } from 'antd';
import { useParams } from 'react-router-dom';
import { identityApi, streamsApi } from '@wutong/contract';
import { useRead, useWrite } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { useCatalogue } from '../../../frame/use-catalogue.ts';
import { Page, Panel } from '../../../parts/page.tsx';
import { Answer, EmptyState } from '../../../parts/states.tsx';
import { sampledColumns } from '../ingestion/task-draft.ts';
import { kafkaSecretsOf } from '../kafka/kafka-draft.ts';
import { MappingEditor } from '../mapping/mapping-editor.tsx';
import type { RecordPlan } from '../mapping/record-plan.ts';
import { emptyPlan, guessKind, suggestColumns } from '../mapping/suggest-plan.ts';
import { ConnectPanel } from './connect-panel.tsx';
import { MessagesPanel, type StreamPreview } from './messages-panel.tsx';
import { SaveStream } from './save-stream.tsx';
import { isReachable, newStreamDraft, settingsOf, streamDraftOf, type StreamDraft } from './stream-draft.ts';
import { StreamNamePanel } from './stream-name-panel.tsx';

type Stream = streamsApi.Stream;

/** Writes a stream: how to reach it, what its messages mean, and where they are booked. */
export default function StreamEditorPage() {
  const { streamId } = useParams();
  const { text } = useReader();
  const words = text.streams;
  const stream = useRead(
    streamsApi.readStream,
    { params: { streamId: streamId ?? '' } },
    { enabled: streamId !== undefined },
  );
  const name = stream.data?.name ?? streamId;
  return (
    <Page
      title={name ?? words.create}
      lead={streamId === undefined ? undefined : words.savedReconnects}
      back={{
        to: streamId === undefined ? '/data/streams' : `/data/streams/${streamId}`,
        label: name ?? words.title,
      }}
    >
      {streamId === undefined ? (
        <Editor stream={undefined} />
      ) : (
        <Answer query={stream}>{(data) => <Editor key={data.streamId} stream={data} />}</Answer>
      )}
    </Page>
  );
}

function Editor({ stream }: { stream: Stream | undefined }) {
  const { text } = useReader();
  const words = text.streams;
  const catalogue = useCatalogue();
  const types = useRead(identityApi.listKeyTypes);
  const look = useWrite(streamsApi.previewStream, []);
  const [draft, setDraft] = useState<StreamDraft>(() => (stream ? streamDraftOf(stream) : newStreamDraft));
  const [plan, setPlan] = useState<RecordPlan>();
  const [preview, setPreview] = useState<StreamPreview['preview']>();
  const [open, setOpen] = useState(false);
  const [anew, setAnew] = useState(stream?.settings.mapping === undefined);
  const columns = preview ? sampledColumns(preview) : [];
  const describe = (seen: StreamPreview['preview']) => {
    setPreview(seen);
    const names = seen.columns.map(({ name }) => name).join('\n');
    // The same fields keep what was said about them; an empty topic says nothing.
    if (names === '' || plan?.columns.map(({ column }) => column).join('\n') === names) return;
    const sampled = sampledColumns(seen);
    const known = { keyTypes: (types.data?.items ?? []).map(({ type }) => type), catalogue };
    setPlan(suggestColumns(emptyPlan(guessKind(sampled, known), sampled), sampled, known));
  };
  const show = () =>
    look.mutate(
      {
        body: {
          settings: settingsOf(draft, anew ? plan : undefined, stream?.settings),
          secrets: kafkaSecretsOf(draft.kafka),
          streamId: stream?.streamId,
          open,
        },
      },
      { onSuccess: (seen) => describe(seen.preview) },
    );
  return (
    <>
      <ConnectPanel draft={draft} stored={stream} onChange={setDraft} />
      <MessagesPanel
        format={draft.format}
        onFormat={(format) => setDraft({ ...draft, format })}
        preview={look.data}
        error={look.error}
        loading={look.isPending}
        ready={isReachable(draft)}
        open={open}
        onOpen={setOpen}
        onPreview={show}
      />
      {draft.format === 'json' &&
        (!anew ? (
          <Panel title={words.mapping}>
            <div className="row">
              <span className="soft">{words.mappingKept}</span>
              <Button size="small" onClick={() => setAnew(true)}>
                {words.mappingAgain}
              </Button>
            </div>
          </Panel>
        ) : plan && preview ? (
          <MappingEditor plan={plan} columns={columns} catalogue={catalogue} onChange={setPlan} />
        ) : (
          <Panel title={words.mapping}>
            <EmptyState small title={words.previewFirst} />
          </Panel>
        ))}
      <StreamNamePanel draft={draft} isNew={stream === undefined} onChange={setDraft} />
      <SaveStream stream={stream} draft={draft} plan={anew ? plan : undefined} keepsMapping={!anew} />
    </>
  );
}
