import { App, Button } from 'antd';
import { ingestApi, type BodyInputOf, type ResponseOf } from '@wutong/contract';
import { useWrite } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { useMay } from '../../frame/session.tsx';
import { sentenceOf } from '../../parts/states.tsx';
import { useReplayNotice } from './replay-notice.tsx';

export type OpenRejected = ResponseOf<typeof ingestApi.readRejected>;

interface RejectedActionsProps {
  rejected: OpenRejected;
  /** What it is to be repaired with; undefined while nothing was changed. */
  repair: BodyInputOf<typeof ingestApi.repairRejected> | undefined;
  /** It can only be set aside. */
  isStuck?: boolean;
  onClose: () => void;
}

/** What can be done with a rejected record: repair, replay, discard. */
export function RejectedActions({ rejected, repair, isStuck = false, onClose }: RejectedActionsProps) {
  const { text } = useReader();
  const words = text.data.rejected;
  const { message, modal } = App.useApp();
  const tell = useReplayNotice();
  const may = useMay(ingestApi.repairRejected);
  const refreshed = [ingestApi.listRejected, ingestApi.readRejected];
  const repairing = useWrite(ingestApi.repairRejected, refreshed);
  const replaying = useWrite(ingestApi.replayRejected, refreshed);
  const discarding = useWrite(ingestApi.discardRejected, [ingestApi.listRejected]);
  const { rejectedId, state } = rejected;
  if (!may || state === 'replayed' || state === 'discarded') return null;
  const onError = (error: Error) => void message.error(sentenceOf(error, text));
  const save = async () => {
    if (repair) await repairing.mutateAsync({ params: { rejectedId }, body: repair });
  };
  const act = {
    save: () => save().then(() => void message.success(words.repaired), onError),
    replay: () =>
      save()
        .then(() => replaying.mutateAsync({ body: { rejectedIds: [rejectedId] } }))
        .then(tell, onError),
    discard: () =>
      discarding.mutateAsync({ body: { rejectedIds: [rejectedId] } }).then(() => {
        void message.success(words.discarded);
        onClose();
      }, onError),
  };
  return (
    <div className="row">
      {!isStuck && (
        <>
          <Button
            type="primary"
            loading={replaying.isPending || repairing.isPending}
            onClick={() => void act.replay()}
          >
            {repair ? words.saveAndReplay : words.replay}
          </Button>
          <Button disabled={!repair} loading={repairing.isPending} onClick={() => void act.save()}>
            {words.saveOnly}
          </Button>
        </>
      )}
      <Button
        danger
        onClick={() =>
          void modal.confirm({
            title: words.discard,
            content: words.discardQuestion,
            okText: words.discard,
            cancelText: text.state.cancel,
            onOk: act.discard,
          })
        }
      >
        {words.discard}
      </Button>
    </div>
  );
}
