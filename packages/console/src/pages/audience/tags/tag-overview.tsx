import { useCallback, useMemo } from 'react';
import { ReachNote } from '../../../frame/reach-note.tsx';
import { useReader } from '../../../frame/reader.tsx';
import { useUserNames } from '../../../frame/use-names.ts';
import { EqlText } from '../../../parts/eql-text.tsx';
import { Panel } from '../../../parts/page.tsx';
import { ShareBars } from '../../../parts/share-bars.tsx';
import { Stat, StatRow } from '../../../parts/stat.tsx';
import { EmptyState } from '../../../parts/states.tsx';
import { TimeText } from '../../../parts/time-text.tsx';
import { Trend } from '../../../parts/trend.tsx';
import { wordFor } from '../../../text/text.ts';
import { scheduleText } from '../schedule-text.ts';
import segmentStyles from '../segment-page.module.css';
import { UsageList } from '../usage-list.tsx';
import { UnwatchedSources } from '../waiting-note.tsx';
import { ModelPanel } from './model-panel.tsx';
import type { Tag } from './tag.ts';
import styles from './tags.module.css';

/** The tag at a glance: coverage, values, definition, cost and use. */
export function TagOverview({ tag }: { tag: Tag }) {
  const { text, format } = useReader();
  const words = text.tags;
  const userName = useUserNames();
  const [last] = tag.trend;
  return (
    <>
      <Panel>
        <StatRow>
          <Stat
            label={words.coverage}
            definition={`${words.coverageDefinition}${text.audience.populations.analysed}`}
            value={format.percent(tag.total > 0 ? (tag.people ?? 0) / tag.total : undefined)}
            note={words.coverageOf(format.integer(tag.people), format.integer(tag.total))}
          />
          <Stat
            label={text.audience.computed}
            value={
              <span className={segmentStyles.text}>
                {tag.computedAt ? <TimeText at={tag.computedAt} /> : text.audience.neverComputed}
              </span>
            }
            note={last && text.audience.took(format.integer(last.tookMs))}
          />
          <Stat
            label={text.audience.schedule}
            value={<span className={segmentStyles.text}>{scheduleText(tag.schedule, text.audience)}</span>}
            note={
              <>
                {`${text.audience.owner} ${userName(tag.owner)}`}
                <UnwatchedSources definition={tag} />
              </>
            }
          />
        </StatRow>
        <ReachNote numbers="own" />
      </Panel>
      <div className={styles.columns}>
        <Panel title={words.distribution} definition={words.distributionDefinition}>
          {tag.values.length === 0 ? (
            <EmptyState small title={words.noValues} />
          ) : (
            <div className={styles.values}>
              <ShareBars
                total={tag.people}
                items={tag.values.map(({ value, people }) => ({
                  key: value,
                  name:
                    tag.valueType === 'instant' ? format.dateTime(value) : wordFor(text.words.value, value),
                  value: people,
                }))}
              />
            </div>
          )}
        </Panel>
        <div className="stack">
          <Panel title={words.definition} extra={text.strategy.versionNumber(String(tag.version))}>
            {tag.text ? (
              <EqlText text={tag.text} />
            ) : (
              <p className="faint">
                {tag.ruleHidden
                  ? text.audience.ruleHidden
                  : words.shapeHint[tag.kind === 'import' || tag.kind === 'model' ? tag.kind : 'manual']}
              </p>
            )}
            <div className={segmentStyles.usage}>
              <UsageList title={text.audience.usedBy} usages={tag.usedBy} none={text.audience.unused} />
              {tag.uses.length > 0 && <UsageList title={text.audience.uses} usages={tag.uses} none="" />}
            </div>
          </Panel>
          {tag.model && <ModelPanel tag={tag} />}
          {tag.trend.length > 1 && <CoverageTrend runs={tag.trend} />}
        </div>
      </div>
    </>
  );
}

function CoverageTrend({ runs }: { runs: Tag['trend'] }) {
  const { text, format } = useReader();
  const oldestFirst = useMemo(() => runs.toReversed(), [runs]);
  const categories = useMemo(() => oldestFirst.map(({ at }) => format.shortTime(at)), [oldestFirst, format]);
  const series = useMemo(
    () => [{ name: text.tags.withValue, values: oldestFirst.map(({ people }) => people), area: true }],
    [oldestFirst, text],
  );
  const formatValue = useCallback((value: number) => format.compact(value), [format]);
  return (
    <Panel title={text.tags.coverageTrend}>
      <Trend
        label={text.tags.coverageTrend}
        categories={categories}
        series={series}
        formatValue={formatValue}
        heightPx={180}
        cropped
      />
    </Panel>
  );
}
