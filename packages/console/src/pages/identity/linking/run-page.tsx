import { useState } from 'react';
import { Button, Popconfirm } from 'antd';
import { useNavigate, useParams } from 'react-router-dom';
import { linkingApi } from '@wutong/contract';
import { CALM_MS, LIVE_MS, useRead, useWrite } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { useMay } from '../../../frame/session.tsx';
import { useUserNames } from '../../../frame/use-names.ts';
import { Page, Panel } from '../../../parts/page.tsx';
import { Stat, StatRow } from '../../../parts/stat.tsx';
import { StateMark } from '../../../parts/state-mark.tsx';
import { Answer, Failure, sentenceOf } from '../../../parts/states.tsx';
import { TimeText } from '../../../parts/time-text.tsx';
import { LearntWeights } from './learnt-weights.tsx';
import { PairSamples } from './pair-samples.tsx';
import { isUnderWay, matchesText, stateOfRun, toneOfRun, type LinkingRun } from './run-words.ts';
import { ThresholdPanel } from './threshold-panel.tsx';
import { probabilityOf, weightOf, zonesOf, type Thresholds } from './weight-bins.ts';
import { WithdrawDialog } from './withdraw-dialog.tsx';

/** One run: how it went, what its pairs look like, and what is done with them. */
export default function RunPage() {
  const { runId = '' } = useParams();
  const { text } = useReader();
  const words = text.linking.run;
  const [live, setLive] = useState(true);
  const read = useRead(
    linkingApi.readLinkingRun,
    { params: { runId } },
    { refetchIntervalMs: live ? LIVE_MS : CALM_MS },
  );
  const underWay = read.data ? isUnderWay(read.data.run) : true;
  if (underWay !== live) setLive(underWay);
  const run = read.data?.run;
  return (
    <Page
      title={run?.name ?? text.linking.title}
      heading={
        run && (
          <span className="row">
            {run.name} <StateMark tone={toneOfRun(run)}>{stateOfRun(run, text)}</StateMark>
          </span>
        )
      }
      lead={run && <Started run={run} />}
      back={{ to: '/data/linking', label: words.back }}
      actions={run && <RunActions run={run} />}
    >
      <Answer query={read} rows={8}>
        {(answer) => (
          <>
            {answer.run.error && (
              <Panel title={words.failedTitle}>
                <p role="alert">{answer.run.error.message}</p>
              </Panel>
            )}
            {answer.run.records !== undefined && <Numbers run={answer.run} />}
            {answer.run.records !== undefined && (
              <Decision
                key={`${answer.run.settings.linkAbove} ${answer.run.settings.reviewAbove}`}
                answer={answer}
              />
            )}
            {answer.comparisons.length > 0 && (
              <LearntWeights comparisons={answer.comparisons} prior={answer.prior} />
            )}
          </>
        )}
      </Answer>
    </Page>
  );
}

function Started({ run }: { run: LinkingRun }) {
  const { text, format } = useReader();
  const userName = useUserNames();
  return (
    <>
      {userName(run.startedBy)} · <TimeText at={run.startedAt} form="full" />
      {run.seconds !== undefined && ` · ${text.linking.seconds(format.decimal(run.seconds, 1))}`}
      {run.attempts > 1 && ` · ${text.linking.run.attempts(format.integer(run.attempts))}`}
    </>
  );
}

function Numbers({ run }: { run: LinkingRun }) {
  const { text, format } = useReader();
  const words = text.linking.run;
  const { outcome } = run;
  const share = (pairs: number): string =>
    words.share(format.percent(pairs / Math.max(1, run.records ?? 1), 1));
  return (
    <Panel>
      <StatRow>
        <Stat label={words.records} definition={words.recordsHint} value={format.integer(run.records)} />
        <Stat
          label={words.candidates}
          definition={words.candidatesHint}
          value={format.integer(run.candidates)}
        />
        {outcome && (
          <>
            <Stat
              label={words.linked}
              definition={words.linkedHint}
              value={format.integer(outcome.linked)}
              note={share(outcome.linked)}
              tone={outcome.linked > 0 ? 'good' : undefined}
            />
            {outcome.together > 0 && <Stat label={words.together} value={format.integer(outcome.together)} />}
            <Stat
              label={words.queued}
              value={format.integer(outcome.queued)}
              note={words.reviewed(format.integer(outcome.accepted), format.integer(outcome.rejected))}
              to={outcome.queued > 0 ? '/data/quarantine?reason=linkage' : undefined}
            />
            {outcome.refused > 0 && (
              <Stat
                label={words.refused}
                definition={words.refusedHint}
                value={format.integer(outcome.refused)}
                to="/data/quarantine"
                tone="warn"
              />
            )}
            {outcome.withdrawn > 0 && (
              <Stat label={words.withdrawn} value={format.integer(outcome.withdrawn)} />
            )}
          </>
        )}
      </StatRow>
    </Panel>
  );
}

/** The thresholds with what falls where, samples of each zone, and the button that acts. */
function Decision({ answer }: { answer: { run: LinkingRun; bins: linkingApi.WeightBin[] } }) {
  const { run, bins } = answer;
  const { text, format } = useReader();
  const words = text.linking.run;
  const mayApply = useMay(linkingApi.applyLinking);
  const apply = useWrite(linkingApi.applyLinking);
  const [thresholds, setThresholds] = useState<Thresholds>({
    link: weightOf(run.settings.linkAbove),
    review: weightOf(run.settings.reviewAbove),
  });
  const canApply = mayApply && run.hasPairs && (run.state === 'compared' || run.state === 'applied');
  const zones = zonesOf(bins, thresholds);
  const send = (linkAbove: number) =>
    apply.mutate({
      params: { runId: run.runId },
      body: { linkAbove, reviewAbove: probabilityOf(thresholds.review) },
    });
  const question = (links: number, reviews: number): string =>
    words.applyQuestion(format.integer(links), format.integer(reviews));
  return (
    <>
      <ThresholdPanel
        bins={bins}
        thresholds={thresholds}
        onChange={setThresholds}
        note={matchesText(run, text)}
        actions={
          canApply && (
            <>
              <Popconfirm
                title={question(zones.link.pairs, zones.review.pairs)}
                okText={words.apply}
                cancelText={text.state.cancel}
                onConfirm={() => send(probabilityOf(thresholds.link))}
                styles={{ root: { maxWidth: 380 } }}
              >
                <Button type="primary" loading={apply.isPending}>
                  {run.state === 'applied' ? words.applyAgain : words.apply}
                </Button>
              </Popconfirm>
              {run.state === 'compared' && (
                <Popconfirm
                  title={question(0, zones.link.pairs + zones.review.pairs)}
                  okText={words.onlyReview}
                  cancelText={text.state.cancel}
                  onConfirm={() => send(1)}
                  styles={{ root: { maxWidth: 380 } }}
                >
                  <Button>{words.onlyReview}</Button>
                </Popconfirm>
              )}
            </>
          )
        }
      />
      {apply.error && <Failure error={apply.error} />}
      {run.hasPairs ? (
        bins.length > 0 && <PairSamples runId={run.runId} thresholds={thresholds} />
      ) : (
        <p className="faint">{words.gone}</p>
      )}
    </>
  );
}

function RunActions({ run }: { run: LinkingRun }) {
  const { text } = useReader();
  const words = text.linking.run;
  const navigate = useNavigate();
  const mayWrite = useMay(linkingApi.stopLinking);
  const stop = useWrite(linkingApi.stopLinking);
  const [withdrawing, setWithdrawing] = useState(false);
  if (!mayWrite) return null;
  const hasLinks = (run.outcome?.linked ?? 0) + (run.outcome?.refused ?? 0) + (run.outcome?.queued ?? 0) > 0;
  return (
    <>
      {isUnderWay(run) && run.state !== 'withdrawing' && (
        <Popconfirm
          title={words.stopQuestion}
          okText={words.stop}
          cancelText={text.state.cancel}
          onConfirm={() => stop.mutate({ params: { runId: run.runId } })}
        >
          <Button loading={stop.isPending}>{words.stop}</Button>
        </Popconfirm>
      )}
      {!isUnderWay(run) && (
        <Button onClick={() => void navigate('/data/linking/new', { state: { settings: run.settings } })}>
          {words.again}
        </Button>
      )}
      {hasLinks && (run.state === 'applied' || run.state === 'compared' || run.state === 'failed') && (
        <Button danger onClick={() => setWithdrawing(true)}>
          {words.withdraw}
        </Button>
      )}
      {stop.error && <span role="alert">{sentenceOf(stop.error, text)}</span>}
      {withdrawing && <WithdrawDialog run={run} onClose={() => setWithdrawing(false)} />}
    </>
  );
}
