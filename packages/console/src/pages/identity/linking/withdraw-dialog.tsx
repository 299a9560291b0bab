import { linkingApi } from '@wutong/contract';
import { useWrite } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { ReasonDialog } from '../../../parts/reason-dialog.tsx';
import type { LinkingRun } from './run-words.ts';

/** Says what will be taken back, and asks why. */
export function WithdrawDialog({ run, onClose }: { run: LinkingRun; onClose: () => void }) {
  const { text, format } = useReader();
  const words = text.linking.run;
  const withdraw = useWrite(linkingApi.withdrawLinking);
  const submit = async (reason: string) => {
    await withdraw.mutateAsync({ params: { runId: run.runId }, body: { reason } });
  };
  return (
    <ReasonDialog
      title={words.withdrawTitle}
      hint={words.withdrawHint(format.integer((run.outcome?.linked ?? 0) + (run.outcome?.refused ?? 0)))}
      okText={words.withdraw}
      danger
      label={words.reason}
      placeholder={words.reasonHint}
      minimum={2}
      tooShort={words.reasonShort}
      pending={withdraw.isPending}
      error={withdraw.error}
      onSubmit={submit}
      onClose={onClose}
    />
  );
}
