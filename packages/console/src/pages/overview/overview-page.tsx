import { insightApi, type ResponseOf } from '@wutong/contract';
import { LIVE_MS, useRead } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { useSession } from '../../frame/session.tsx';
import { HourBars } from '../../parts/hour-bars.tsx';
import { Page, Panel } from '../../parts/page.tsx';
import { StageFunnel } from '../../parts/stage-funnel.tsx';
import { Answer } from '../../parts/states.tsx';
import { Attention } from './attention.tsx';
import { FiveConnections } from './five-connections.tsx';
import { StrategyProgress } from './strategy-progress.tsx';
import styles from './overview.module.css';

type Overview = ResponseOf<typeof insightApi.readOverview>;
type Stage = Overview['funnel'][number]['stage'];

const doorOfStage: Record<Stage, string> = {
  collected: '/data/sources',
  identified: '/people',
  in_audience: '/audiences',
  in_strategy: '/strategies',
  reached: '/messages?state=sent',
  responded: '/messages?clicked=true',
  converted: '/strategies',
};

/** 总览: the loop live. */
export default function OverviewPage() {
  const { text, format } = useReader();
  const { bank } = useSession();
  const overview = useRead(insightApi.readOverview, undefined, { refetchIntervalMs: LIVE_MS });
  const { populations } = text.audience;
  const hints: Partial<Record<string, string>> = {
    collected: populations.everyone,
    identified: populations.identified,
    in_audience: populations.analysed,
  };
  return (
    <Page
      title={text.overview.title}
      numbers="bank"
      lead={overview.data && text.overview.lead(bank.name, format.dateTime(overview.data.asOf))}
    >
      <Answer query={overview} rows={12}>
        {(data) => (
          <>
            <FiveConnections overview={data} />
            <div className={styles.columns}>
              <Panel title={text.overview.funnel} definition={text.overview.funnelDefinition}>
                <StageFunnel
                  stages={data.funnel.map(({ stage, people }) => ({
                    key: stage,
                    name: text.overview.stages[stage],
                    people,
                    to: doorOfStage[stage],
                    hint: hints[stage],
                    // Many reach the goal without a click: of those who were reached.
                    shareOf: stage === 'converted' ? 'reached' : undefined,
                  }))}
                />
              </Panel>
              <div className="stack">
                <Attention overview={data} />
                <Panel title={text.overview.eventsByHour} definition={text.overview.eventsByHourDefinition}>
                  <HourBars
                    label={text.overview.eventsByHour}
                    bars={data.eventsByHour.map(({ hour, events }) => ({ at: hour, value: events }))}
                  />
                </Panel>
              </div>
            </div>
            <StrategyProgress strategies={data.strategies} />
          </>
        )}
      </Answer>
    </Page>
  );
}
