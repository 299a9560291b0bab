import { lazy, Suspense } from 'react';
import { Button, Drawer, Select } from 'antd';
import { canvasApi } from '@wutong/contract';
import type { Strategy, StrategyVersion } from '../../api/vocabulary.ts';
import { LIVE_MS, useRead } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { Definition } from '../../parts/page.tsx';
import { Loading } from '../../parts/states.tsx';
import { useUrlState } from '../../parts/url-state.ts';
import { useWide } from '../../parts/use-wide.ts';
import { wordFor } from '../../text/text.ts';
import { NodePanel } from './canvas/node-panel.tsx';
import { StrategyFacts } from './canvas/strategy-facts.tsx';
import { wideList } from '../../parts/wide-list.ts';
import styles from './canvas-tab.module.css';

const StrategyCanvas = lazy(() => import('./canvas/strategy-canvas.tsx'));
const DRAFT = 'draft';

interface CanvasTabProps {
  strategy: Strategy;
  versions: readonly StrategyVersion[];
}

/** The canvas with its side panel; a drawer takes the panel's place on a phone. */
export function CanvasTab({ strategy, versions }: CanvasTabProps) {
  const { text, format } = useReader();
  const wide = useWide();
  const words = text.strategy;
  const latest = strategy.publishedVersion ?? versions[0]?.version;
  const [shown, setShown] = useUrlState('version', latest === undefined ? DRAFT : String(latest));
  const [chosen, setChosen] = useUrlState('node');
  const version = versions.find((each) => String(each.version) === shown);
  const document = version?.document ?? strategy.draft;
  const numbers = useRead(
    canvasApi.readStrategyNumbers,
    { params: { strategyId: strategy.strategyId, version: version?.version ?? 0 } },
    { refetchIntervalMs: LIVE_MS, enabled: version !== undefined },
  );
  const findings = version ? [] : strategy.findings;
  const node = document.nodes.find(({ id }) => id === chosen);
  const nodeTitle = (nodeId: string) => {
    const found = document.nodes.find(({ id }) => id === nodeId);
    return found ? found.title || text.words.nodeKind[found.kind] : nodeId;
  };
  const panel = node ? (
    <NodePanel
      strategyId={strategy.strategyId}
      version={version?.version}
      node={node}
      numbers={numbers.data?.nodes.find(({ nodeId }) => nodeId === node.id)}
      nodeTitle={nodeTitle}
    />
  ) : (
    <StrategyFacts
      document={document}
      findings={version ? undefined : findings}
      nodeTitle={nodeTitle}
      onChoose={setChosen}
    />
  );
  return (
    <div className={styles.sheet}>
      <div className={styles.bar}>
        <Select
          size="small"
          aria-label={words.version}
          value={version ? shown : DRAFT}
          onChange={setShown}
          {...wideList}
          options={[
            ...versions.map((each) => ({
              value: String(each.version),
              label: `${words.versionNumber(String(each.version))} · ${wordFor(words.versions.state, each.state)}`,
            })),
            { value: DRAFT, label: words.draft },
          ]}
        />
        {numbers.data && (
          <span className="faint">
            {text.state.updatedAt(format.timeOfDay(numbers.data.at))}{' '}
            <Definition text={words.numbersDefinition} />
          </span>
        )}
      </div>
      <div className={styles.columns}>
        <div className={styles.canvas}>
          <Suspense fallback={<Loading rows={8} />}>
            <StrategyCanvas
              key={`${strategy.strategyId}-${shown}`}
              document={document}
              numbers={numbers.data}
              findings={findings}
              chosen={chosen}
              onChoose={setChosen}
            />
          </Suspense>
        </div>
        {wide ? (
          <aside className={styles.side} aria-label={words.panel.about}>
            {panel}
          </aside>
        ) : (
          <Drawer
            placement="bottom"
            size="72vh"
            open={node !== undefined}
            onClose={() => setChosen('')}
            title={null}
            closable={false}
          >
            <Button type="text" size="small" style={{ float: 'right' }} onClick={() => setChosen('')}>
              {text.state.close}
            </Button>
            {panel}
          </Drawer>
        )}
      </div>
    </div>
  );
}
