import { useState } from 'react';
import { App, Button } from 'antd';
import { useNavigate } from 'react-router-dom';
import { ingestApi, streamsApi } from '@wutong/contract';
import { call } from '../../../api/call.ts';
import { ProblemError } from '../../../api/problem-error.ts';
import { useWrite } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { kafkaSecretsOf } from '../kafka/kafka-draft.ts';
import { TrialFailure } from '../kafka/trial-failure.tsx';
import { declarePlan } from '../mapping/declare-plan.ts';
import type { RecordPlan } from '../mapping/record-plan.ts';
import { isStreamComplete, settingsOf, type StreamDraft } from './stream-draft.ts';

interface SaveStreamProps {
  stream: streamsApi.Stream | undefined;
  draft: StreamDraft;
  plan: RecordPlan | undefined;
  /** The stored mapping stays. */
  keepsMapping: boolean;
}

/** Saves a stream: declares its new fields and its source first, then reads at once or later. */
export function SaveStream({ stream, draft, plan, keepsMapping }: SaveStreamProps) {
  const { text } = useReader();
  const words = text.streams;
  const { message } = App.useApp();
  const navigate = useNavigate();
  const refreshes = [streamsApi.listStreams, streamsApi.readStream, ingestApi.listSources];
  const create = useWrite(streamsApi.createStream, refreshes);
  const update = useWrite(streamsApi.updateStream, refreshes);
  const [failure, setFailure] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const ready = isStreamComplete(draft, plan, keepsMapping);
  const save = async (state: 'running' | 'stopped') => {
    setFailure(undefined);
    setBusy(true);
    try {
      const { streamId, name } = draft;
      const settings = settingsOf(draft, plan, stream?.settings);
      const secrets = kafkaSecretsOf(draft.kafka);
      if (draft.format === 'json' && plan) await declarePlan(plan);
      if (stream) {
        await update.mutateAsync({ params: { streamId }, body: { name: name.trim(), settings, secrets } });
      } else {
        const sourceId = draft.sourceId || (await ownSource(draft));
        await create.mutateAsync({
          body: { streamId, name: name.trim(), sourceId, settings, secrets, state },
        });
      }
      void message.success(words.saved);
      await navigate(`/data/streams/${streamId}`);
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      {failure !== undefined && <TrialFailure error={failure} />}
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        {!ready && <span className="faint">{words.incomplete}</span>}
        {!stream && (
          <Button disabled={!ready} loading={busy} onClick={() => void save('stopped')}>
            {words.saveStopped}
          </Button>
        )}
        <Button type="primary" disabled={!ready} loading={busy} onClick={() => void save('running')}>
          {stream ? words.save : words.saveAndStart}
        </Button>
      </div>
    </>
  );
}

/** A source with the id of the stream; one that is there already is as good. */
async function ownSource({ streamId, name }: StreamDraft): Promise<string> {
  try {
    await call(ingestApi.createSource, { body: { sourceId: streamId, name: name.trim() } });
  } catch (error) {
    if (!(error instanceof ProblemError) || error.code !== 'source_exists') throw error;
  }
  return streamId;
}
