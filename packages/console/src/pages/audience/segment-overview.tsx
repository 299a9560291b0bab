import { useCallback, useMemo } from 'react';
import { ReachNote } from '../../frame/reach-note.tsx';
import { useSession } from '../../frame/session.tsx';
import { useReader } from '../../frame/reader.tsx';
import { useUserNames } from '../../frame/use-names.ts';
import { EqlText } from '../../parts/eql-text.tsx';
import { Panel } from '../../parts/page.tsx';
import { Stat, StatRow } from '../../parts/stat.tsx';
import { EmptyState } from '../../parts/states.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { Trend } from '../../parts/trend.tsx';
import { LookalikeExplanation } from './lookalike/lookalike-explanation.tsx';
import { scheduleText } from './schedule-text.ts';
import type { Segment } from './segment.ts';
import styles from './segment-page.module.css';
import { UsageList } from './usage-list.tsx';
import { UnwatchedSources } from './waiting-note.tsx';

/** The segment at a glance: size, movement, definition, and what it stands between. */
export function SegmentOverview({ segment }: { segment: Segment }) {
  const { text, format } = useReader();
  const words = text.audience;
  const userName = useUserNames();
  const [last] = segment.trend;
  return (
    <>
      <Panel>
        <StatRow>
          <Stat
            label={words.members}
            definition={words.populations.analysed}
            value={format.integer(segment.members)}
            note={words.countOf(
              format.integer(segment.total),
              format.percent(segment.total > 0 ? (segment.members ?? 0) / segment.total : undefined),
            )}
          />
          <Stat
            label={words.lastChange}
            value={last ? `+${format.integer(last.entered)} −${format.integer(last.left)}` : '–'}
            note={`${words.entered} / ${words.left}`}
          />
          <Stat
            label={words.computed}
            value={
              <span className={styles.text}>
                {segment.computedAt ? <TimeText at={segment.computedAt} /> : words.neverComputed}
              </span>
            }
            note={last && words.took(format.integer(last.tookMs))}
          />
          <Stat
            label={words.schedule}
            value={<span className={styles.text}>{scheduleText(segment.schedule, words)}</span>}
            note={
              <>
                {`${words.owner} ${userName(segment.owner)}`}
                <UnwatchedSources definition={segment} />
              </>
            }
          />
          <Stat label={words.lookups} value={format.compact(segment.lookups)} />
        </StatRow>
        <ReachNote numbers="own" />
      </Panel>
      <LookalikeExplanation segment={segment} />
      <div className={styles.columns}>
        <Panel title={words.trend} definition={words.trendDefinition}>
          <MemberTrend runs={segment.trend} />
        </Panel>
        <Panel title={words.definition} extra={text.strategy.versionNumber(String(segment.version))}>
          {segment.text ? (
            <EqlText text={segment.text} />
          ) : (
            <p className="faint">
              {segment.ruleHidden
                ? words.ruleHidden
                : segment.lookalike
                  ? words.lookalike.definition
                  : words.noRule}
            </p>
          )}
          <div className={styles.usage}>
            <UsageList title={words.usedBy} usages={segment.usedBy} none={words.unused} />
            {segment.uses.length > 0 && <UsageList title={words.uses} usages={segment.uses} none="" />}
          </div>
        </Panel>
      </div>
    </>
  );
}

function MemberTrend({ runs }: { runs: Segment['trend'] }) {
  const { text, format } = useReader();
  const oldestFirst = useMemo(() => runs.toReversed(), [runs]);
  const categories = useMemo(() => oldestFirst.map(({ at }) => format.shortTime(at)), [oldestFirst, format]);
  const series = useMemo(
    () => [{ name: text.audience.members, values: oldestFirst.map(({ members }) => members), area: true }],
    [oldestFirst, text],
  );
  const formatValue = useCallback((value: number) => format.compact(value), [format]);
  const { user } = useSession();
  if (user.institutionId !== undefined) return <ReachNote numbers="trend" />;
  if (runs.length === 0) return <EmptyState small title={text.audience.neverComputed} />;
  return (
    <Trend
      label={text.audience.trend}
      categories={categories}
      series={series}
      formatValue={formatValue}
      heightPx={220}
      cropped
    />
  );
}
