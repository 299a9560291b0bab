import { Button, Input } from 'antd';
import { Link, useNavigate } from 'react-router-dom';
import { audienceApi } from '@wutong/contract';
import type { SegmentView } from '../../api/vocabulary.ts';
import { CALM_MS } from '../../api/use-endpoint.ts';
import { usePages } from '../../api/use-pages.ts';
import { useReader } from '../../frame/reader.tsx';
import { useMay } from '../../frame/session.tsx';
import { useUserNames } from '../../frame/use-names.ts';
import { Filters } from '../../parts/filters.tsx';
import { Page, Panel } from '../../parts/page.tsx';
import { RecordTable, type Column } from '../../parts/record-table.tsx';
import { Chip, StateMark } from '../../parts/state-mark.tsx';
import { Answer, EmptyState } from '../../parts/states.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { useUrlState } from '../../parts/url-state.ts';
import { scheduleText } from './schedule-text.ts';

/** Segments, newest first. */
export default function SegmentListPage() {
  const { text } = useReader();
  const words = text.audience;
  const navigate = useNavigate();
  const mayWrite = useMay(audienceApi.createSegment);
  const [search, setSearch] = useUrlState('search');
  const columns = useColumns();
  const segments = usePages(
    audienceApi.listSegments,
    { query: { search: search || undefined } },
    { refetchIntervalMs: CALM_MS },
  );
  const create = mayWrite && (
    <Button type="primary" onClick={() => void navigate('/audiences/new')}>
      {words.new}
    </Button>
  );
  return (
    <Page title={words.list} lead={words.lead} actions={create}>
      <Filters>
        <Input.Search
          allowClear
          defaultValue={search}
          placeholder={words.search}
          aria-label={words.search}
          onSearch={setSearch}
          style={{ width: 260 }}
        />
      </Filters>
      <Panel flush>
        <Answer query={segments.query}>
          {() => (
            <RecordTable
              label={words.list}
              columns={columns}
              rows={segments.items}
              rowKey={({ segmentId }) => segmentId}
              onOpen={({ segmentId }) => void navigate(`/audiences/${segmentId}`)}
              more={segments.more}
              empty={
                search ? (
                  <EmptyState title={words.noneFound} hint={words.noneFoundHint} />
                ) : (
                  <EmptyState title={words.none} hint={words.noneHint} action={create} />
                )
              }
            />
          )}
        </Answer>
      </Panel>
    </Page>
  );
}

function useColumns(): Column<SegmentView>[] {
  const { text, format } = useReader();
  const words = text.audience;
  const userName = useUserNames();
  return [
    {
      key: 'name',
      title: words.name,
      phone: 'title',
      render: ({ segmentId, name, description }) => (
        <>
          <Link to={`/audiences/${segmentId}`}>{name}</Link>
          {description && <div className="faint">{description}</div>}
        </>
      ),
    },
    { key: 'kind', title: text.kind, render: ({ kind }) => <Chip>{words.kind[kind]}</Chip> },
    {
      key: 'members',
      title: words.members,
      numeric: true,
      render: ({ members }) => <b>{format.integer(members)}</b>,
    },
    { key: 'schedule', title: words.schedule, render: ({ schedule }) => scheduleText(schedule, words) },
    {
      key: 'computed',
      title: words.computed,
      render: ({ computedAt, problem }) =>
        problem ? (
          <span title={problem}>
            <StateMark tone="bad">{words.problem}</StateMark>
          </span>
        ) : computedAt ? (
          <TimeText at={computedAt} />
        ) : (
          <span className="faint">{words.neverComputed}</span>
        ),
    },
    { key: 'owner', title: words.owner, phone: 'hidden', render: ({ owner }) => userName(owner) },
  ];
}
