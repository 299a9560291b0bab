import { useState } from 'react';
import { App, Button, Drawer, Input } from 'antd';
import { ingestApi, type ResponseOf } from '@wutong/contract';
import { useRead, useWrite } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { Facts } from '../../parts/facts.tsx';
import { ValueText } from '../../parts/shown-value.tsx';
import { Answer } from '../../parts/states.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { wordFor } from '../../text/text.ts';
import { useSourceNames } from '../people/use-source-names.ts';
import { useCodeSentence } from './code-sentence.ts';

type Rejected = ResponseOf<typeof ingestApi.readRejected>;

/** A rejected record with its raw text: read it, repair it, replay or discard it. */
export function RejectedDrawer({ rejectedId, onClose }: { rejectedId: string; onClose: () => void }) {
  const { text } = useReader();
  const words = text.data.rejected;
  const rejected = useRead(ingestApi.readRejected, { params: { rejectedId } });
  return (
    <Drawer open size="large" title={words.raw} onClose={onClose}>
      <Answer query={rejected} rows={8}>
        {(data) => <RejectedView key={rejectedId} rejected={data} onClose={onClose} />}
      </Answer>
    </Drawer>
  );
}

function RejectedView({ rejected, onClose }: { rejected: Rejected; onClose: () => void }) {
  const { text, format } = useReader();
  const words = text.data.rejected;
  const { message, modal } = App.useApp();
  const sentence = useCodeSentence();
  const sourceName = useSourceNames();
  const [raw, setRaw] = useState(rejected.raw);
  const repair = useWrite(ingestApi.repairRejected, [ingestApi.listRejected, ingestApi.readRejected]);
  const replay = useWrite(ingestApi.replayRejected, [ingestApi.listRejected, ingestApi.readRejected]);
  const discard = useWrite(ingestApi.discardRejected, [ingestApi.listRejected]);
  const settled = rejected.state === 'replayed' || rejected.state === 'discarded';
  const isText = rejected.rawEncoding === 'text';
  const { rejectedId } = rejected;
  const onError = (error: Error) => void message.error(error.message);
  const act = {
    repair: () =>
      repair.mutate(
        { params: { rejectedId }, body: { raw } },
        { onSuccess: () => void message.success(words.repaired), onError },
      ),
    replay: () =>
      replay.mutate(
        { body: { rejectedIds: [rejectedId] } },
        {
          onSuccess: ({ stored, rejectedAgain }) =>
            void message.success(words.replayed(format.integer(stored), format.integer(rejectedAgain))),
          onError,
        },
      ),
    discard: () =>
      discard.mutate(
        { body: { rejectedIds: [rejectedId] } },
        {
          onSuccess: () => {
            void message.success(words.discarded);
            onClose();
          },
          onError,
        },
      ),
  };
  return (
    <div className="stack">
      <p className="faint">{words.rawHint}</p>
      <Facts
        facts={[
          [words.reason, sentence(rejected.code)],
          ...Object.entries(rejected.details).map(
            ([name, value]) =>
              [wordFor(words.detailNames, name), <ValueText key={name} value={value} />] as const,
          ),
          [words.source, sourceName(rejected.sourceId)],
          [words.received, <TimeText key="received" at={rejected.receivedAt} form="full" />],
        ]}
      />
      {!isText && <p className="faint">{words.rawBinary}</p>}
      <Input.TextArea
        className="mono"
        aria-label={words.raw}
        autoSize={{ minRows: 8, maxRows: 24 }}
        readOnly={settled || !isText}
        value={raw}
        onChange={(event) => setRaw(event.target.value)}
      />
      {!settled && (
        <div className="row">
          <Button
            type="primary"
            loading={replay.isPending}
            disabled={raw !== rejected.raw}
            onClick={act.replay}
          >
            {words.replay}
          </Button>
          <Button loading={repair.isPending} disabled={raw === rejected.raw || !isText} onClick={act.repair}>
            {words.repair}
          </Button>
          <Button
            danger
            onClick={() =>
              void modal.confirm({ title: words.discard, content: words.discardQuestion, onOk: act.discard })
            }
          >
            {words.discard}
          </Button>
        </div>
      )}
    </div>
  );
}
