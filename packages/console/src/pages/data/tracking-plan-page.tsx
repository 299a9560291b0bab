import { useState } from 'react';
import { Checkbox } from 'antd';
import { ingestApi } from '@wutong/contract';
import type { PlanEvent, PlanProperty } from '../../api/vocabulary.ts';
import { CALM_MS, useRead } from '../../api/use-endpoint.ts';
import { useClock } from '../../frame/clock.tsx';
import { useReader } from '../../frame/reader.tsx';
import { useMay } from '../../frame/session.tsx';
import { Filters } from '../../parts/filters.tsx';
import { Page, Panel } from '../../parts/page.tsx';
import { RecordTable, type Column } from '../../parts/record-table.tsx';
import { SearchField } from '../../parts/search-field.tsx';
import { Chip, StateMark } from '../../parts/state-mark.tsx';
import { Answer, EmptyState } from '../../parts/states.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { useUrlState } from '../../parts/url-state.ts';
import { wordFor } from '../../text/text.ts';
import { HideUnused, UNUSED_DAYS } from './hide-unused.tsx';
import { PlanEventDialog } from './plan-event-dialog.tsx';
import { PlanPropertyDialog } from './plan-property-dialog.tsx';
import styles from './plan.module.css';

const DAY_MS = 86_400_000;
const stateTones = { learnt: 'busy', governed: 'good', hidden: 'quiet' } as const;

/** Events and their properties: type, meaning, personal or not, how much used. */
export default function TrackingPlanPage() {
  const { text, format } = useReader();
  const words = text.data.plan;
  const [search, setSearch] = useUrlState('search');
  const [hidden, setHidden] = useUrlState('hidden', 'false');
  const plan = useRead(
    ingestApi.listTrackingPlan,
    { query: { search: search || undefined, hidden: hidden === 'true' ? 'true' : 'false' } },
    { refetchIntervalMs: CALM_MS, keepPrevious: true },
  );
  const clock = useClock(60_000);
  const isUnused = ({ lastSeenAt, state }: PlanEvent): boolean =>
    state !== 'hidden' && clock.now - Date.parse(lastSeenAt) > UNUSED_DAYS * DAY_MS;
  const [unused, setUnused] = useUrlState('unused', 'false');
  return (
    <Page
      title={words.title}
      numbers="bank"
      lead={words.lead}
      actions={unused === 'true' && <HideUnused unused={(plan.data?.items ?? []).filter(isUnused)} />}
    >
      <Filters>
        <SearchField label={words.search} value={search} onSearch={setSearch} widthPx={260} />
        <Checkbox checked={hidden === 'true'} onChange={({ target }) => setHidden(String(target.checked))}>
          {words.showHidden}
        </Checkbox>
        <Checkbox checked={unused === 'true'} onChange={({ target }) => setUnused(String(target.checked))}>
          {words.onlyUnused(format.integer(UNUSED_DAYS))}
        </Checkbox>
      </Filters>
      <Answer query={plan} rows={8}>
        {({ items: all }) => {
          const items = unused === 'true' ? all.filter(isUnused) : all;
          return items.length === 0 ? (
            <Panel>
              <EmptyState
                title={unused === 'true' ? words.noneUnused : words.none}
                hint={unused === 'true' ? undefined : words.noneHint}
              />
            </Panel>
          ) : (
            <Panel flush>
              <ul className={styles.events}>
                {items.map((event) => (
                  <li key={event.event}>
                    <EventRow event={event} />
                  </li>
                ))}
              </ul>
            </Panel>
          );
        }}
      </Answer>
    </Page>
  );
}

function EventRow({ event }: { event: PlanEvent }) {
  const { text, format } = useReader();
  const words = text.data.plan;
  const mayWrite = useMay(ingestApi.updateSource);
  const [unfolded, setUnfolded] = useState(false);
  const [editing, setEditing] = useState(false);
  const known: Record<string, string | undefined> = text.words.event;
  return (
    <>
      <div className={styles.event}>
        <button type="button" aria-expanded={unfolded} onClick={() => setUnfolded(!unfolded)}>
          <span className={styles.arrow} data-open={unfolded} aria-hidden="true">
            ›
          </span>
          <span>
            <b>{event.title || known[event.event] || event.event}</b>{' '}
            <code className="mono faint">{event.event}</code>
            {event.meaning && <span className={styles.meaning}>{event.meaning}</span>}
          </span>
        </button>
        <span className={styles.numbers}>
          <StateMark tone={stateTones[event.state]}>{words.state[event.state]}</StateMark>
          <span className="faint">{words.properties(format.integer(event.properties.length))}</span>
          <span className="number" title={format.integer(event.usage)}>
            {format.compact(event.usage)}
          </span>
          <span className="faint">
            <TimeText at={event.lastSeenAt} />
          </span>
          {mayWrite && (
            <button type="button" className={styles.edit} onClick={() => setEditing(true)}>
              {words.edit}
            </button>
          )}
        </span>
      </div>
      {unfolded && <PropertyTable event={event} />}
      {editing && <PlanEventDialog event={event} onClose={() => setEditing(false)} />}
    </>
  );
}

function PropertyTable({ event }: { event: PlanEvent }) {
  const { text, format } = useReader();
  const words = text.data.plan;
  const mayWrite = useMay(ingestApi.savePlanProperty);
  const [editing, setEditing] = useState<PlanProperty>();
  const known: Record<string, string | undefined> = text.words.property;
  const columns: Column<PlanProperty>[] = [
    {
      key: 'property',
      title: words.property,
      phone: 'title',
      render: ({ property, title }) => (
        <>
          {title || known[property] || property}{' '}
          {(title || known[property]) && <code className="mono faint">{property}</code>}
        </>
      ),
    },
    { key: 'type', title: words.type, render: ({ type }) => wordFor(text.words.valueType, type) },
    { key: 'meaning', title: words.meaning, ellipsis: true, render: ({ meaning }) => meaning || '–' },
    {
      key: 'pii',
      title: words.pii,
      render: ({ piiClass }) =>
        piiClass === 'none' ? words.piiClass.none : <Chip tone="warn">{words.piiClass[piiClass]}</Chip>,
    },
    { key: 'usage', title: words.usage, numeric: true, render: ({ usage }) => format.compact(usage) },
    {
      key: 'conflicts',
      title: words.conflicts,
      numeric: true,
      render: ({ conflicts }) =>
        conflicts > 0 ? <span style={{ color: 'var(--red)' }}>{format.integer(conflicts)}</span> : '0',
    },
    { key: 'lastSeen', title: words.lastSeen, render: ({ lastSeenAt }) => <TimeText at={lastSeenAt} /> },
  ];
  return (
    <div className={styles.properties}>
      <RecordTable
        label={event.event}
        columns={columns}
        rows={event.properties}
        rowKey={({ property }) => property}
        onOpen={mayWrite ? setEditing : undefined}
        empty={<EmptyState small title={text.state.none} />}
      />
      {editing && (
        <PlanPropertyDialog event={event.event} property={editing} onClose={() => setEditing(undefined)} />
      )}
    </div>
  );
}
