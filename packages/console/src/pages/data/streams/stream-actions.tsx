import { App, Button } from 'antd';
import { useNavigate } from 'react-router-dom';
import { streamsApi, type Endpoint } from '@wutong/contract';
import { useWrite } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { useMay } from '../../../frame/session.tsx';
import { sentenceOf } from '../../../parts/states.tsx';
import { useRemoval } from '../../../parts/use-removal.ts';

type Stream = streamsApi.Stream;

const refreshes: Endpoint[] = [streamsApi.readStream, streamsApi.listStreams, streamsApi.listStreamLog];

/** Start, pause, stop, connect again, edit, delete: each says what will happen before it does. */
export function StreamActions({ stream }: { stream: Stream }) {
  const { text } = useReader();
  const words = text.streams;
  const { modal, message } = App.useApp();
  const navigate = useNavigate();
  const mayWrite = useMay(streamsApi.updateStream);
  const setState = useWrite(streamsApi.setStreamState, refreshes);
  const update = useWrite(streamsApi.updateStream, refreshes);
  const remove = useRemoval(streamsApi.deleteStream, streamsApi.listStreams, '/data/streams');
  if (!mayWrite) return <span className="faint">{words.readOnly}</span>;
  const params = { streamId: stream.streamId };
  const onError = (error: unknown) => void message.error(sentenceOf(error, text));
  const put = (state: Stream['state']) =>
    setState.mutate(
      { params, body: { state } },
      { onSuccess: () => void message.success(words.done), onError },
    );
  const ask = (title: string, content: string, onOk: () => void) =>
    void modal.confirm({ title, content, okText: title, cancelText: text.state.cancel, onOk });
  const held = stream.workers.some(({ error }) => error !== undefined);
  return (
    <>
      {stream.state !== 'running' && (
        <Button type="primary" loading={setState.isPending} onClick={() => put('running')}>
          {words.start}
        </Button>
      )}
      {stream.state !== 'stopped' && held && (
        <Button
          loading={update.isPending}
          // A change of nothing is a new version, with which all processes connect again.
          onClick={() =>
            update.mutate(
              { params, body: {} },
              { onSuccess: () => void message.success(words.retryDone), onError },
            )
          }
        >
          {words.retry}
        </Button>
      )}
      {stream.state === 'running' && (
        <Button onClick={() => ask(words.pause, words.pauseQuestion, () => put('paused'))}>
          {words.pause}
        </Button>
      )}
      {stream.state !== 'stopped' && (
        <Button onClick={() => ask(words.stop, words.stopQuestion, () => put('stopped'))}>
          {words.stop}
        </Button>
      )}
      <Button onClick={() => void navigate(`/data/streams/${stream.streamId}/edit`)}>{words.edit}</Button>
      <Button danger onClick={() => ask(words.remove, words.removeQuestion, () => remove({ params }))}>
        {words.remove}
      </Button>
    </>
  );
}
