import { useState } from 'react';
import { App, Button, Input, Modal, Tooltip } from 'antd';
import { canvasApi } from '@wutong/contract';
import type { Strategy, StrategyVersion } from '../../api/vocabulary.ts';
import { useWrite } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { useMay, useSession } from '../../frame/session.tsx';
import { FormProblem } from '../../parts/form-problem.tsx';

type Act = 'submit' | 'approve' | 'reject' | 'publish' | 'pause' | 'resume' | 'stop';

/** What may be done to a strategy now, by its state and the reader's rights. */
function actsFor(
  strategy: Strategy,
  pending: StrategyVersion | undefined,
  may: { write: boolean; approve: boolean },
) {
  const acts: Act[] = [];
  const { state, draftChanged } = strategy;
  if (pending?.state === 'submitted' && may.approve) acts.push('approve', 'reject');
  if (pending?.state === 'approved' && may.write) acts.push('publish');
  if (!may.write) return acts;
  if (state === 'running') acts.push('pause');
  if (state === 'paused') acts.push('resume');
  if ((state === 'draft' || draftChanged) && !pending && state !== 'stopped') acts.push('submit');
  if (state === 'running' || state === 'paused') acts.push('stop');
  return acts;
}

const leading: readonly Act[] = ['approve', 'publish', 'resume', 'submit'];
const dangerous: readonly Act[] = ['stop', 'reject'];

interface LifeCycleActionsProps {
  strategy: Strategy;
  versions: readonly StrategyVersion[];
}

/** Submit, approve, publish, pause, resume, stop: each says first what it will do to how many. */
export function LifeCycleActions({ strategy, versions }: LifeCycleActionsProps) {
  const { text } = useReader();
  const may = {
    write: useMay(canvasApi.changeStrategyState),
    approve: useMay(canvasApi.decideStrategyVersion),
  };
  const { user, bank } = useSession();
  const [act, setAct] = useState<Act>();
  const pending = versions.find(({ version }) => version === strategy.pendingVersion);
  const acts = actsFor(strategy, pending, may);
  return (
    <>
      {acts.map((each) => {
        // Whoever submitted a version does not approve it; taking it back by rejecting is theirs too.
        const own = each === 'approve' && pending?.submittedBy === user.userId && !bank.approvesOwn;
        return (
          <Tooltip key={each} title={own ? text.strategy.ownSubmission : undefined}>
            <Button
              type={leading.includes(each) ? 'primary' : 'default'}
              danger={dangerous.includes(each)}
              disabled={own}
              onClick={() => setAct(each)}
            >
              {text.strategy.actions[each]}
            </Button>
          </Tooltip>
        );
      })}
      {act && <ActDialog act={act} strategy={strategy} pending={pending} onClose={() => setAct(undefined)} />}
    </>
  );
}

interface ActDialogProps {
  act: Act;
  strategy: Strategy;
  pending: StrategyVersion | undefined;
  onClose: () => void;
}

function ActDialog({ act, strategy, pending, onClose }: ActDialogProps) {
  const { text, format } = useReader();
  const words = text.strategy;
  const { message } = App.useApp();
  const [note, setNote] = useState('');
  const [typed, setTyped] = useState('');
  const { perform, busy, error } = useAct(strategy, pending);
  const version = String(pending?.version ?? '');
  const active = format.integer(strategy.active);
  const sentence = {
    submit: words.acts.submit(strategy.name),
    approve: words.acts.approve(version),
    reject: words.acts.reject(version),
    publish: words.acts.publish(version),
    pause: words.acts.pause(active),
    resume: words.acts.resume(active),
    stop: words.acts.stop(active),
  }[act];
  const wantsNote = act === 'submit' || act === 'approve' || act === 'reject';
  const submit = async () => {
    await perform(act, note);
    void message.success(words.done);
    onClose();
  };
  return (
    <Modal
      open
      title={words.actions[act]}
      okText={words.actions[act]}
      cancelText={text.state.cancel}
      okButtonProps={{ danger: dangerous.includes(act), disabled: act === 'stop' && typed !== strategy.name }}
      confirmLoading={busy}
      onOk={() => void submit().catch(() => undefined)}
      onCancel={onClose}
    >
      <div className="stack">
        <p>{sentence}</p>
        {wantsNote && (
          <Input.TextArea
            rows={3}
            value={note}
            placeholder={words.note}
            aria-label={words.note}
            onChange={(event) => setNote(event.target.value)}
          />
        )}
        {act === 'stop' && (
          <Input
            value={typed}
            aria-label={words.typeNameToStop(strategy.name)}
            placeholder={words.typeNameToStop(strategy.name)}
            onChange={(event) => setTyped(event.target.value)}
          />
        )}
        <FormProblem error={error} />
      </div>
    </Modal>
  );
}

/** The writes behind the acts. */
function useAct(strategy: Strategy, pending: StrategyVersion | undefined) {
  const submit = useWrite(canvasApi.submitStrategy);
  const decide = useWrite(canvasApi.decideStrategyVersion);
  const publish = useWrite(canvasApi.publishStrategyVersion);
  const change = useWrite(canvasApi.changeStrategyState);
  const { strategyId, draftRevision } = strategy;
  const perform = async (act: Act, note: string): Promise<void> => {
    if (act === 'submit') {
      await submit.mutateAsync({ params: { strategyId }, body: { draftRevision, note } });
    } else if (act === 'pause' || act === 'resume' || act === 'stop') {
      await change.mutateAsync({ params: { strategyId }, body: { action: act } });
    } else if (pending) {
      const params = { strategyId, version: pending.version };
      const { hash } = pending;
      if (act === 'publish') await publish.mutateAsync({ params, body: { hash } });
      else await decide.mutateAsync({ params, body: { hash, decision: act, note } });
    }
  };
  const writes = [submit, decide, publish, change];
  return {
    perform,
    busy: writes.some(({ isPending }) => isPending),
    error: writes.find(({ error }) => error)?.error,
  };
}
