import { App, Button } from 'antd';
import { useNavigate, useParams } from 'react-router-dom';
import { outputsApi, type Endpoint } from '@wutong/contract';
import { LIVE_MS, useRead, useWrite } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { useMay } from '../../../frame/session.tsx';
import { useUserNames } from '../../../frame/use-names.ts';
import { Facts } from '../../../parts/facts.tsx';
import { HandOver } from '../../../parts/hand-over.tsx';
import { Page, Panel } from '../../../parts/page.tsx';
import { Chip } from '../../../parts/state-mark.tsx';
import { Answer, sentenceOf } from '../../../parts/states.tsx';
import { TimeText } from '../../../parts/time-text.tsx';
import { useRemoval } from '../../../parts/use-removal.ts';
import styles from '../ingestion/ingestion.module.css';
import { DeadPanel } from './dead-panel.tsx';
import { outputDraftOf } from './output-draft.ts';
import { OutputHistory } from './output-history.tsx';
import { OutputLog } from './output-log.tsx';
import { detailOf, OutputState, placeOf, Problem, scheduleOf } from './output-words.tsx';
import { TestDelivery } from './where-step.tsx';

type Output = outputsApi.Output;

/** One output: does it go, what was sent, what was set aside. */
export default function OutputPage() {
  const { outputId = '' } = useParams();
  const { text } = useReader();
  const words = text.outputs;
  const output = useRead(outputsApi.readOutput, { params: { outputId } }, { refetchIntervalMs: LIVE_MS });
  const mayWrite = useMay(outputsApi.checkOutput);
  const name = output.data?.name ?? outputId;
  return (
    <Page
      title={name}
      back={{ to: '/data/outputs', label: words.title }}
      heading={
        <span className="row">
          {name}
          {output.data && (
            <span style={{ fontSize: 14, fontWeight: 400 }}>
              <OutputState output={output.data} />
            </span>
          )}
        </span>
      }
      actions={output.data && <Actions output={output.data} />}
    >
      <Answer query={output}>
        {(data) => (
          <div className={styles.columns}>
            <div className="stack">
              <Progress output={data} />
              {mayWrite && (
                <Panel title={words.test}>
                  <TestDelivery draft={outputDraftOf(data)} stored={data} />
                </Panel>
              )}
            </div>
            <div className="stack">
              {data.dead > 0 && <DeadPanel outputId={outputId} />}
              <OutputHistory output={data} />
              <OutputLog outputId={outputId} />
            </div>
          </div>
        )}
      </Answer>
    </Page>
  );
}

function Progress({ output }: { output: Output }) {
  const { text, format } = useReader();
  const words = text.outputs;
  const { selection, destination, lastRun } = output;
  return (
    <Panel>
      <Facts
        facts={[
          [
            words.problem,
            output.error === undefined ? (
              words.noProblem
            ) : (
              <Problem key="problem" code={output.code} said={output.error} />
            ),
          ],
          [
            words.lastRun,
            lastRun ? (
              <>
                <TimeText at={lastRun.at} form="full" /> · {words.rowCount(format.integer(lastRun.rows))}
              </>
            ) : (
              words.never
            ),
          ],
          [text.sharing.runsAs, <Owner key="owner" output={output} />],
          output.nextAt && [words.next, <TimeText key="next" at={output.nextAt} form="full" />],
          [words.rows, format.integer(output.rows)],
          [words.dead, format.integer(output.dead)],
          [words.what, words.subjects[selection.subject].label],
          [words.columns, detailOf(selection, text)],
          selection.keyTypes.length > 0 && [words.keyTypes, selection.keyTypes.join(text.punctuation.comma)],
          [
            words.personal,
            <Chip key="personal" tone={output.openPersonalData ? 'warn' : 'good'}>
              {output.openPersonalData ? words.openData : words.maskedData}
            </Chip>,
          ],
          [
            words.where,
            <span key="where" style={{ overflowWrap: 'anywhere' }}>
              {words.destinations[destination.kind].label}{' '}
              <code className="mono">{placeOf(destination)}</code>
            </span>,
          ],
          [words.when, scheduleOf(output.schedule, text, format)],
        ]}
      />
    </Panel>
  );
}

/** With whose right it runs, and how that is given to somebody else. */
function Owner({ output }: { output: Output }) {
  const { sharing: words } = useReader().text;
  const userName = useUserNames();
  const mayWrite = useMay(outputsApi.handOverOutput);
  const handOver = useWrite(outputsApi.handOverOutput, refreshes);
  return (
    <span className="row">
      {output.owner === undefined ? words.ownerUnknown : userName(output.owner)}
      {mayWrite && (
        <HandOver
          name={output.name}
          owner={output.owner}
          lost={output.code === 'owner_lost_right'}
          onHandOver={(owner) =>
            handOver.mutateAsync({ params: { outputId: output.outputId }, body: { owner } })
          }
        />
      )}
    </span>
  );
}

const refreshes: Endpoint[] = [
  outputsApi.readOutput,
  outputsApi.listOutputs,
  outputsApi.listOutputLog,
  outputsApi.listOutputSlices,
];

function Actions({ output }: { output: Output }) {
  const { text } = useReader();
  const words = text.outputs;
  const { modal, message } = App.useApp();
  const navigate = useNavigate();
  const mayWrite = useMay(outputsApi.updateOutput);
  const setState = useWrite(outputsApi.setOutputState, refreshes);
  const run = useWrite(outputsApi.runOutput, refreshes);
  const remove = useRemoval(outputsApi.deleteOutput, outputsApi.listOutputs, '/data/outputs');
  if (!mayWrite) return <span className="faint">{words.readOnly}</span>;
  const params = { outputId: output.outputId };
  const answer = {
    onSuccess: () => void message.success(words.done),
    onError: (error: unknown) => void message.error(sentenceOf(error, text)),
  };
  const put = (state: 'running' | 'paused') => setState.mutate({ params, body: { state } }, answer);
  const ask = (title: string, content: string, onOk: () => void) =>
    void modal.confirm({ title, content, okText: title, cancelText: text.state.cancel, onOk });
  const isStopped = output.state === 'paused' || output.state === 'failed';
  const isRetrying = output.state === 'running' && output.attempts > 0;
  return (
    <>
      {isStopped && (
        <Button type="primary" loading={setState.isPending} onClick={() => put('running')}>
          {output.state === 'failed' ? words.retry : words.start}
        </Button>
      )}
      {!isStopped && (
        <Button loading={run.isPending} onClick={() => run.mutate({ params }, answer)}>
          {isRetrying ? words.retry : words.run}
        </Button>
      )}
      {output.state === 'running' && (
        <Button onClick={() => ask(words.pause, words.pauseQuestion, () => put('paused'))}>
          {words.pause}
        </Button>
      )}
      <Button onClick={() => void navigate(`/data/outputs/${output.outputId}/edit`)}>{words.edit}</Button>
      <Button danger onClick={() => ask(words.remove, words.removeQuestion, () => remove({ params }))}>
        {words.remove}
      </Button>
    </>
  );
}
