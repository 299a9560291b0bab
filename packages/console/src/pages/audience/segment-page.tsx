import { useCallback, useMemo } from 'react';
import { App, Button } from 'antd';
import { Link, useParams } from 'react-router-dom';
import { audienceApi, type ResponseOf } from '@wutong/contract';
import type { Usage } from '../../api/vocabulary.ts';
import { CALM_MS, useRead, useWrite } from '../../api/use-endpoint.ts';
import { usePages } from '../../api/use-pages.ts';
import { useReader } from '../../frame/reader.tsx';
import { useMay } from '../../frame/session.tsx';
import { useUserNames } from '../../frame/use-names.ts';
import { EqlText } from '../../parts/eql-text.tsx';
import { Page, Panel } from '../../parts/page.tsx';
import { Stat, StatRow } from '../../parts/stat.tsx';
import { Chip } from '../../parts/state-mark.tsx';
import { Answer, EmptyState, Failure } from '../../parts/states.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { Trend } from '../../parts/trend.tsx';
import { useUrlState } from '../../parts/url-state.ts';
import { SamplePeople } from './sample-people.tsx';
import { scheduleText } from './schedule-text.ts';
import { SegmentForm, type SegmentDraft } from './segment-form.tsx';
import styles from './segment-page.module.css';

type Segment = ResponseOf<typeof audienceApi.readSegment>;

/** A segment: how many, how that changed, who, and what depends on it. */
export default function SegmentPage() {
  const { segmentId = '' } = useParams();
  const { text } = useReader();
  const segment = useRead(audienceApi.readSegment, { params: { segmentId } }, { refetchIntervalMs: CALM_MS });
  if (!segment.data && segment.error) {
    return (
      <Page title={text.audience.list} back={{ to: '/audiences', label: text.audience.list }}>
        <Failure error={segment.error} onRetry={() => void segment.refetch()} />
      </Page>
    );
  }
  return (
    <Answer query={segment} rows={10}>
      {(data) => <SegmentView segment={data} />}
    </Answer>
  );
}

function SegmentView({ segment }: { segment: Segment }) {
  const { text } = useReader();
  const words = text.audience;
  const [editing, setEditing] = useUrlState('edit');
  return (
    <Page
      title={segment.name}
      back={{ to: '/audiences', label: words.list }}
      heading={
        <span className="row">
          {segment.name}
          <Chip>{words.kind[segment.kind]}</Chip>
          {segment.archived && <Chip tone="warn">{words.archived}</Chip>}
        </span>
      }
      lead={segment.description}
      actions={!editing && <SegmentActions segment={segment} onEdit={() => setEditing('1')} />}
    >
      {segment.problem && (
        <p role="alert" className={styles.problem}>
          <b>{words.problem}</b> {segment.problem}
        </p>
      )}
      {editing ? <Editing segment={segment} onClose={() => setEditing('')} /> : <Reading segment={segment} />}
    </Page>
  );
}

function SegmentActions({ segment, onEdit }: { segment: Segment; onEdit: () => void }) {
  const { text, format } = useReader();
  const words = text.audience;
  const mayWrite = useMay(audienceApi.createSegment);
  const { message, modal } = App.useApp();
  const params = { segmentId: segment.segmentId };
  const compute = useWrite(audienceApi.computeSegment, [
    audienceApi.readSegment,
    audienceApi.listSegmentMembers,
  ]);
  const archive = useWrite(audienceApi.archiveSegment);
  if (!mayWrite) return null;
  const computeNow = () =>
    compute.mutate(
      { params },
      {
        onSuccess: ({ members }) => void message.success(words.computeDone(format.integer(members))),
        onError: (error) => void message.error(error.message),
      },
    );
  const setArchived = (archived: boolean) =>
    archive.mutate({ params, body: { archived } }, { onError: (error) => void message.error(error.message) });
  return (
    <>
      {segment.archived ? (
        <Button onClick={() => setArchived(false)}>{words.restore}</Button>
      ) : (
        <Button
          onClick={() =>
            void modal.confirm({
              title: words.archive,
              content: words.archiveQuestion,
              okText: words.archive,
              onOk: () => setArchived(true),
            })
          }
        >
          {words.archive}
        </Button>
      )}
      {segment.kind === 'rule' && (
        <>
          <Button onClick={computeNow} loading={compute.isPending}>
            {words.compute}
          </Button>
          <Button type="primary" onClick={onEdit}>
            {words.edit}
          </Button>
        </>
      )}
    </>
  );
}

function Editing({ segment, onClose }: { segment: Segment; onClose: () => void }) {
  const { text } = useReader();
  const { message } = App.useApp();
  const save = useWrite(audienceApi.editSegment, [audienceApi.readSegment, audienceApi.listSegments]);
  const submit = async ({ name, description, folder, schedule, text: expression }: SegmentDraft) => {
    await save.mutateAsync({
      params: { segmentId: segment.segmentId },
      body: {
        name,
        description,
        schedule,
        folder,
        text: expression,
        version: segment.version,
      },
    });
    void message.success(text.audience.saved);
    onClose();
  };
  return (
    <SegmentForm
      draft={{ ...segment, text: segment.text ?? '' }}
      idFixed
      submitLabel={text.audience.saveVersion}
      busy={save.isPending}
      error={save.error}
      onSubmit={(draft) => void submit(draft).catch(() => undefined)}
      onCancel={onClose}
    />
  );
}

function Reading({ segment }: { segment: Segment }) {
  const { text, format } = useReader();
  const words = text.audience;
  const userName = useUserNames();
  const [last] = segment.trend;
  const members = usePages(audienceApi.listSegmentMembers, {
    params: { segmentId: segment.segmentId },
    query: { limit: 20 },
  });
  return (
    <>
      <Panel>
        <StatRow>
          <Stat
            label={words.members}
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
            note={`${words.owner} ${userName(segment.owner)}`}
          />
        </StatRow>
      </Panel>
      <div className={styles.columns}>
        <Panel title={words.trend} definition={words.trendDefinition}>
          <MemberTrend runs={segment.trend} />
        </Panel>
        <Panel title={words.definition} extra={text.strategy.versionNumber(String(segment.version))}>
          <EqlText text={segment.text ?? '–'} />
          <div className={styles.usage}>
            <UsageList title={words.usedBy} usages={segment.usedBy} none={words.unused} />
            {segment.uses.length > 0 && <UsageList title={words.uses} usages={segment.uses} none="" />}
          </div>
        </Panel>
      </div>
      <Panel title={words.people} flush>
        <Answer query={members.query}>
          {() => <SamplePeople label={words.people} people={members.items} more={members.more} />}
        </Answer>
      </Panel>
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

const doors: Record<Usage['kind'], (id: string) => string | undefined> = {
  segment: (id) => `/audiences/${id}`,
  strategy: (id) => `/strategies/${id}`,
  tag: () => undefined,
  report: () => undefined,
};

function UsageList({ title, usages, none }: { title: string; usages: readonly Usage[]; none: string }) {
  const { text } = useReader();
  return (
    <div>
      <b>{title}</b>
      {usages.length === 0 && <p className="faint">{none}</p>}
      <ul>
        {usages.map(({ kind, id, name }) => {
          const to = doors[kind](id);
          return (
            <li key={`${kind} ${id}`}>
              <span className="faint">{text.audience.usage[kind]}</span>{' '}
              {to ? <Link to={to}>{name}</Link> : name}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
