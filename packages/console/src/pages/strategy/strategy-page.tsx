import { lazy, Suspense } from 'react';
import { useParams } from 'react-router-dom';
import { canvasApi } from '@wutong/contract';
import type { Strategy, StrategyVersion } from '../../api/vocabulary.ts';
import { LIVE_MS, useRead } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { PageTabs } from '../../parts/page-tabs.tsx';
import { Page } from '../../parts/page.tsx';
import { StateMark, toneOf } from '../../parts/state-mark.tsx';
import { Answer, Failure, Loading } from '../../parts/states.tsx';
import { useUrlState } from '../../parts/url-state.ts';
import { wordFor } from '../../text/text.ts';
import { CanvasTab } from './canvas-tab.tsx';
import { EntryRuns } from './entry-runs.tsx';
import { LifeCycleActions } from './life-cycle-actions.tsx';
import { VersionList } from './version-list.tsx';
import { WaitingDependencies } from './waiting-dependencies.tsx';

const EffectReport = lazy(() => import('./effect/effect-report.tsx'));

/** One strategy: canvas, effect, versions, entry runs. */
export default function StrategyPage() {
  const { strategyId = '' } = useParams();
  const { text } = useReader();
  const strategy = useRead(
    canvasApi.readStrategy,
    { params: { strategyId } },
    { refetchIntervalMs: LIVE_MS * 2 },
  );
  const versions = useRead(
    canvasApi.listStrategyVersions,
    { params: { strategyId } },
    { refetchIntervalMs: LIVE_MS * 2 },
  );
  if (!strategy.data && strategy.error) {
    return (
      <Page title={text.strategy.list} back={{ to: '/strategies', label: text.strategy.list }}>
        <Failure error={strategy.error} onRetry={() => void strategy.refetch()} />
      </Page>
    );
  }
  return (
    <Answer query={strategy} rows={10}>
      {(data) => <StrategyView strategy={data} versions={versions.data?.items ?? []} />}
    </Answer>
  );
}

function StrategyView({ strategy, versions }: { strategy: Strategy; versions: StrategyVersion[] }) {
  const { text, format } = useReader();
  const words = text.strategy;
  const [tab, setTab] = useUrlState('tab', 'canvas');
  const { state, publishedVersion } = strategy;
  return (
    <Page
      wide={tab === 'canvas'}
      title={strategy.name}
      numbers="bank"
      back={{ to: '/strategies', label: words.list }}
      heading={
        <span className="row">
          {strategy.name}
          <span style={{ fontSize: 14, fontWeight: 400 }}>
            <StateMark tone={toneOf(state)}>{wordFor(text.words.strategyState, state)}</StateMark>
          </span>
        </span>
      }
      lead={
        <>
          {strategy.description}
          {strategy.description && <br />}
          <span className="number">
            {publishedVersion !== undefined && `${words.versionNumber(String(publishedVersion))} · `}
            {words.entered} {format.integer(strategy.entered)} · {words.active}{' '}
            {format.integer(strategy.active)} · {words.goal} {format.integer(strategy.goalReached)}
          </span>
        </>
      }
      actions={<LifeCycleActions strategy={strategy} versions={versions} />}
    >
      <WaitingDependencies strategyId={strategy.strategyId} draft={strategy.draft} />
      <PageTabs
        activeKey={tab}
        onChange={setTab}
        items={[
          {
            key: 'canvas',
            label: words.tabs.canvas,
            children: <CanvasTab strategy={strategy} versions={versions} />,
          },
          {
            key: 'effect',
            label: words.tabs.effect,
            children: (
              <Suspense fallback={<Loading rows={8} />}>
                <EffectReport strategyId={strategy.strategyId} />
              </Suspense>
            ),
          },
          { key: 'versions', label: words.tabs.versions, children: <VersionList versions={versions} /> },
          { key: 'runs', label: words.tabs.runs, children: <EntryRuns strategyId={strategy.strategyId} /> },
        ]}
      />
    </Page>
  );
}
