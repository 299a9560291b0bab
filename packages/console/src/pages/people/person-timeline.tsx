import { useMemo, useState } from 'react';
import { Button, Segmented } from 'antd';
import { MessageOutlined, NodeIndexOutlined, UserOutlined } from '@ant-design/icons';
import { Link } from 'react-router-dom';
import { profileApi } from '@wutong/contract';
import { CALM_MS } from '../../api/use-endpoint.ts';
import { usePages } from '../../api/use-pages.ts';
import { useReader } from '../../frame/reader.tsx';
import { useEventTitles } from '../../frame/use-event-titles.ts';
import { useContentNames, useStrategyNames, useSupplierNames } from '../../frame/use-names.ts';
import { Facts } from '../../parts/facts.tsx';
import { Panel } from '../../parts/page.tsx';
import { ValueText } from '../../parts/shown-value.tsx';
import { Answer, EmptyState } from '../../parts/states.tsx';
import { useUrlState } from '../../parts/url-state.ts';
import { wordFor } from '../../text/text.ts';
import {
  classOf,
  messageEvents,
  strategyEvents,
  tellingProperties,
  type EventClass,
  type TimelineEntry,
} from './event-sentence.ts';
import styles from './timeline.module.css';
import { useNodeTitles } from './use-node-titles.ts';

const icons = { message: MessageOutlined, strategy: NodeIndexOutlined, behaviour: UserOutlined };
const filters: Record<string, readonly string[] | undefined> = {
  all: undefined,
  messages: messageEvents,
  strategies: strategyEvents,
};

/** Events, messages and strategy steps of a person, newest first, day by day. */
export function PersonTimeline({ personId }: { personId: number }) {
  const { text, format } = useReader();
  const words = text.people.timeline;
  const [filter, setFilter] = useUrlState('events', 'all');
  const timeline = usePages(
    profileApi.readTimeline,
    { params: { personId }, query: { events: filters[filter]?.join(','), limit: 60 } },
    { refetchIntervalMs: CALM_MS },
  );
  const days = useMemo(() => {
    const grouped = new Map<string, TimelineEntry[]>();
    for (const entry of timeline.items) {
      const day = format.date(entry.time);
      grouped.set(day, [...(grouped.get(day) ?? []), entry]);
    }
    return [...grouped];
  }, [timeline.items, format]);
  return (
    <Panel
      title={
        <Segmented
          size="small"
          value={filter}
          onChange={(value) => setFilter(String(value))}
          options={Object.keys(filters).map((value) => ({ value, label: words[value as 'all'] }))}
        />
      }
    >
      <Answer query={timeline.query} rows={8}>
        {() => (
          <>
            {days.length === 0 && <EmptyState title={words.none} hint={words.noneHint} />}
            {days.map(([day, entries]) => (
              <section key={day} className={styles.day}>
                <h3>{day}</h3>
                <ol>
                  {entries.map((entry) => (
                    <Entry key={entry.eventId} entry={entry} />
                  ))}
                </ol>
              </section>
            ))}
            {timeline.more && (
              <Button block loading={timeline.more.loading} onClick={timeline.more.onMore}>
                {text.state.more}
              </Button>
            )}
          </>
        )}
      </Answer>
    </Panel>
  );
}

function Entry({ entry }: { entry: TimelineEntry }) {
  const { text, format } = useReader();
  const titles = useEventTitles();
  const [unfolded, setUnfolded] = useState(false);
  const kind: EventClass = classOf(entry.event);
  const Icon = icons[kind];
  return (
    <li className={styles.entry} data-kind={kind}>
      <time className="number" dateTime={entry.time} title={format.dateTime(entry.time)}>
        {format.timeOfDay(entry.time)}
      </time>
      <span className={styles.icon}>
        <Icon />
      </span>
      <div className={styles.body}>
        <button type="button" aria-expanded={unfolded} onClick={() => setUnfolded(!unfolded)}>
          {titles.event(entry.event)}
        </button>
        <EntryLine entry={entry} />
        {unfolded && (
          <div className={styles.unfolded}>
            <Facts
              facts={[
                [text.people.timeline.source, entry.sourceId],
                ...Object.entries(entry.properties).map(
                  ([name, value]) =>
                    [titles.property(entry.event, name), <ValueText key={name} value={value} />] as const,
                ),
              ]}
            />
          </div>
        )}
      </div>
    </li>
  );
}

/** The line below an event's name: what it was about, with names in place of ids. */
function EntryLine({ entry }: { entry: TimelineEntry }) {
  const { text } = useReader();
  const titles = useEventTitles();
  const strategyName = useStrategyNames();
  const contentName = useContentNames();
  const supplierName = useSupplierNames();
  const { properties } = entry;
  const named = (name: string) => (typeof properties[name] === 'string' ? properties[name] : undefined);
  if (classOf(entry.event) === 'behaviour') {
    return (
      <span className={styles.line}>
        {tellingProperties(entry).map(([name, value]) => (
          <span key={name}>
            <span className="faint">{titles.property(entry.event, name)}</span> <ValueText value={value} />
          </span>
        ))}
      </span>
    );
  }
  const version = Number(properties['strategy_version'] ?? properties['version']);
  const [channel, strategy, content] = [named('channel'), named('strategy_id'), named('content_id')];
  const [supplier, reason, message] = [named('supplier'), named('reason'), named('message_id')];
  const node = entry.event === '$node_passed' ? named('node_id') : undefined;
  return (
    <span className={styles.line}>
      {channel && <span>{wordFor(text.words.channel, channel)}</span>}
      {content && <span>{contentName(content)}</span>}
      {supplier && <span className="faint">{supplierName(supplier)}</span>}
      {reason && <span>{wordFor(text.words.reason, reason)}</span>}
      {node && strategy && version > 0 && <NodeName strategyId={strategy} version={version} nodeId={node} />}
      {strategy && <Link to={`/strategies/${strategy}`}>{strategyName(strategy)}</Link>}
      {message && <Link to={`/messages/${message}`}>{text.state.details}</Link>}
    </span>
  );
}

function NodeName({ strategyId, version, nodeId }: { strategyId: string; version: number; nodeId: string }) {
  const place = { strategyId, version };
  const { titleOf } = useNodeTitles([place]);
  return <span>{titleOf(place, nodeId)}</span>;
}
