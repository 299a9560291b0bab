import { insightApi, type ResponseOf } from '@wutong/contract';
import { LIVE_MS, useRead } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { Panel } from '../../../parts/page.tsx';
import { ShareBars } from '../../../parts/share-bars.tsx';
import { Stat, StatRow } from '../../../parts/stat.tsx';
import { Answer, EmptyState } from '../../../parts/states.tsx';
import { wordFor } from '../../../text/text.ts';
import { clickRateOf } from './click-rate.ts';
import { ChannelResults } from './channel-results.tsx';
import { ContentComparison } from './content-comparison.tsx';
import { ConversionByDay } from './conversion-by-day.tsx';
import { Headline } from './headline.tsx';
import { InstitutionResults } from './institution-results.tsx';
import { StepBooks } from './step-books.tsx';
import styles from './effect.module.css';

type Report = ResponseOf<typeof insightApi.readStrategyEffect>;

/** The effect of a strategy: proof first, then how it came about, then the books. */
export default function EffectReport({ strategyId }: { strategyId: string }) {
  const { text } = useReader();
  const report = useRead(
    insightApi.readStrategyEffect,
    { params: { strategyId } },
    { refetchIntervalMs: LIVE_MS * 2 },
  );
  return (
    <Answer query={report} rows={12}>
      {(data) =>
        data.summary.goal.treated.people + data.summary.goal.holdout.people === 0 ? (
          <Panel>
            <EmptyState title={text.effect.none} hint={text.effect.noneHint} />
          </Panel>
        ) : (
          <ReportBody report={data} />
        )
      }
    </Answer>
  );
}

function ReportBody({ report }: { report: Report }) {
  const { text, format } = useReader();
  const words = text.effect;
  const { summary } = report;
  const suppressed = Object.entries(summary.suppressed);
  const outcomes = Object.entries(summary.tasks.outcomes);
  const suppressedSum = suppressed.reduce((sum, [, count]) => sum + count, 0);
  return (
    <div className="stack">
      <Headline report={report} />
      <Panel title={words.reached}>
        <StatRow>
          <Stat label={words.audience} value={format.compact(summary.audience)} />
          <Stat label={words.holdout} value={format.compact(summary.holdout)} />
          <Stat label={words.suppressedCount} value={format.compact(suppressedSum)} />
          <Stat label={words.sent} value={format.compact(summary.sent)} />
          <Stat
            label={words.delivered}
            value={summary.sentWithReceipts > 0 ? format.compact(summary.delivered) : '–'}
            definition={words.deliveredHint}
            note={format.percent(
              summary.sentWithReceipts > 0 ? summary.delivered / summary.sentWithReceipts : undefined,
            )}
          />
          <Stat
            label={words.clicked}
            value={format.compact(summary.clicked)}
            note={format.percent(clickRateOf(summary.channels))}
            definition={words.clickRateHint}
          />
          <Stat label={words.failed} value={format.compact(summary.failed)} />
          <Stat label={words.uncertain} value={format.compact(summary.uncertain)} />
        </StatRow>
      </Panel>
      <div className={styles.columns}>
        <Panel title={words.byDay} definition={words.effectDefinition}>
          <ConversionByDay days={report.byDay} />
        </Panel>
        <ContentComparison summary={summary} />
      </div>
      <ChannelResults channels={summary.channels} />
      <StepBooks steps={summary.steps} balanced={summary.balanced} />
      <div className={styles.halves}>
        <Panel title={words.suppressed} definition={words.suppressedDefinition}>
          {suppressed.length === 0 ? (
            <p className="faint">{words.noSuppressed}</p>
          ) : (
            <ShareBars
              items={suppressed.map(([reason, value]) => ({
                key: reason,
                name: wordFor(text.words.reason, reason),
                value,
              }))}
            />
          )}
        </Panel>
        <Panel
          title={words.tasks}
          extra={words.tasksDone(format.integer(summary.tasks.done), format.integer(summary.tasks.created))}
        >
          {outcomes.length === 0 ? (
            <p className="faint">{summary.tasks.created > 0 ? words.noOutcomes : words.noTasks}</p>
          ) : (
            <ShareBars
              items={outcomes.map(([outcome, value]) => ({
                key: outcome,
                name: wordFor(text.tasks.outcomes, outcome),
                value,
              }))}
              total={summary.tasks.done}
            />
          )}
        </Panel>
      </div>
      {report.byInstitution.length > 0 && <InstitutionResults rows={report.byInstitution} />}
    </div>
  );
}
