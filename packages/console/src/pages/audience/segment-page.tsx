import type { ReactNode } from 'react';
import { App } from 'antd';
import { useParams } from 'react-router-dom';
import { audienceApi, insightApi } from '@wutong/contract';
import { CALM_MS, useRead, useWrite } from '../../api/use-endpoint.ts';
import { usePages } from '../../api/use-pages.ts';
import { useReader, useText } from '../../frame/reader.tsx';
import { useMay } from '../../frame/session.tsx';
import { PageTabs } from '../../parts/page-tabs.tsx';
import { Page, Panel } from '../../parts/page.tsx';
import { Chip } from '../../parts/state-mark.tsx';
import { Answer, Failure, Loading } from '../../parts/states.tsx';
import { useUrlState } from '../../parts/url-state.ts';
import { useInsightNames } from '../insight/question/use-insight-names.ts';
import { Impact } from './lineage/impact.tsx';
import { LineagePanel } from './lineage/lineage-panel.tsx';
import type { Lookalike } from './lookalike/lookalike-fields.tsx';
import { LookalikeForm, type LookalikeDraft } from './lookalike/lookalike-form.tsx';
import { PortraitTab } from './portrait/portrait-tab.tsx';
import { SamplePeople } from './sample-people.tsx';
import { SegmentActions } from './segment-actions.tsx';
import { SegmentForm, type SegmentDraft } from './segment-form.tsx';
import { SegmentOverview } from './segment-overview.tsx';
import styles from './segment-page.module.css';
import { useComputeSegment } from './use-compute.ts';
import { WaitingNote } from './waiting-note.tsx';
import { VisibilityChip } from './visibility-chip.tsx';
import { VersionList } from './version-list.tsx';
import type { Segment } from './segment.ts';

/** A segment: how many, how that changed, who they are, what depends on it, and how it was defined before. */
export default function SegmentPage() {
  const { segmentId = '' } = useParams();
  const { audience: words } = useText();
  const segment = useRead(audienceApi.readSegment, { params: { segmentId } }, { refetchIntervalMs: CALM_MS });
  if (!segment.data && segment.error) {
    return (
      <Page title={words.list} back={{ to: '/audiences', label: words.list }}>
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
  const { text, format } = useReader();
  const words = text.audience;
  const [editing, setEditing] = useUrlState('edit');
  const compute = useComputeSegment(segment.segmentId);
  return (
    <Page
      title={segment.name}
      back={{ to: '/audiences', label: words.list }}
      heading={
        <span className="row">
          {segment.name}
          <Chip>{words.kind[segment.kind]}</Chip>
          {segment.folder && <Chip>{segment.folder}</Chip>}
          <VisibilityChip sharing={segment.sharing} />
          {segment.archived && <Chip tone="warn">{words.archived}</Chip>}
        </span>
      }
      lead={segment.description}
      actions={
        !(editing && segment.mayEdit) && <SegmentActions segment={segment} onEdit={() => setEditing('1')} />
      }
    >
      {segment.problem && (
        <p role="alert" className={styles.problem}>
          <b>{words.problem}</b> {segment.problem}
        </p>
      )}
      {segment.provedWrongAt && (
        <p role="alert" className={styles.problem}>
          {words.provedWrong(format.shortTime(segment.provedWrongAt))}
        </p>
      )}
      <WaitingNote definition={segment} compute={compute} />
      {editing && segment.mayEdit && segment.lookalike ? (
        <EditingLookalike segment={segment} lookalike={segment.lookalike} onClose={() => setEditing('')} />
      ) : editing && segment.mayEdit ? (
        <Editing segment={segment} onClose={() => setEditing('')} />
      ) : (
        <SegmentTabs segment={segment} />
      )}
    </Page>
  );
}

function SegmentTabs({ segment }: { segment: Segment }) {
  const { audience: words } = useText();
  const mayCompare = useMay(insightApi.analysePortrait);
  const [tab, setTab] = useUrlState('tab', 'overview');
  const { segmentId, name } = segment;
  const item = (key: keyof typeof words.tabs, children: ReactNode) => ({
    key,
    label: words.tabs[key],
    children: <div className="stack">{children}</div>,
  });
  return (
    <PageTabs
      activeKey={tab}
      onChange={setTab}
      items={[
        item('overview', <SegmentOverview segment={segment} />),
        item('people', <Members segmentId={segmentId} />),
        ...(mayCompare ? [item('portrait', <PortraitTab segmentId={segmentId} name={name} />)] : []),
        item('lineage', <LineagePanel kind="segment" id={segmentId} />),
        item('versions', <VersionList versions={segment.versions} current={segment.version} />),
      ]}
    />
  );
}

function Members({ segmentId }: { segmentId: string }) {
  const { audience: words } = useText();
  const members = usePages(audienceApi.listSegmentMembers, { params: { segmentId }, query: { limit: 20 } });
  return (
    <Panel title={words.people} flush>
      <Answer query={members.query}>
        {() => <SamplePeople label={words.people} people={members.items} more={members.more} />}
      </Answer>
    </Panel>
  );
}

function Editing({ segment, onClose }: { segment: Segment; onClose: () => void }) {
  const { audience: words } = useText();
  const { message, modal } = App.useApp();
  const save = useWrite(audienceApi.editSegment, [audienceApi.readSegment, audienceApi.listSegments]);
  const submit = async ({ name, description, folder, schedule, text: expression }: SegmentDraft) => {
    await save.mutateAsync({
      params: { segmentId: segment.segmentId },
      body: {
        name,
        description,
        schedule,
        folder,
        priority: segment.priority,
        text: expression,
        version: segment.version,
      },
    });
    void message.success(words.saved);
    onClose();
  };
  // A new name or schedule touches nobody; a new rule says first whom and what it would.
  const ask = (draft: SegmentDraft) => {
    if (draft.text === segment.text) return submit(draft);
    return modal.confirm({
      title: words.lineage.before,
      width: 520,
      content: <Impact kind="segment" id={segment.segmentId} text={draft.text} />,
      okText: words.saveVersion,
      onOk: () => submit(draft).catch(() => undefined),
    });
  };
  return (
    <SegmentForm
      draft={{ ...segment, text: segment.text ?? '' }}
      idFixed
      submitLabel={words.saveVersion}
      busy={save.isPending}
      error={save.error}
      onSubmit={(draft) => void ask(draft)}
      onCancel={onClose}
    />
  );
}

interface EditingLookalikeProps {
  segment: Segment;
  lookalike: Lookalike;
  onClose: () => void;
}

function EditingLookalike({ segment, lookalike, onClose }: EditingLookalikeProps) {
  const { audience: words } = useText();
  const { message } = App.useApp();
  const { settled, ...names } = useInsightNames();
  const save = useWrite(audienceApi.editSegment, [audienceApi.readSegment, audienceApi.listSegments]);
  const { segmentId, priority, version } = segment;
  const submit = async ({ name, description, schedule, folder, lookalike: written }: LookalikeDraft) => {
    await save.mutateAsync({
      params: { segmentId },
      body: { name, description, schedule, folder, priority, lookalike: written, version },
    });
    void message.success(words.saved);
    onClose();
  };
  if (!settled) return <Loading rows={8} />;
  return (
    <LookalikeForm
      draft={{ ...segment, lookalike }}
      names={names}
      idFixed
      submitLabel={words.saveVersion}
      busy={save.isPending}
      error={save.error}
      onSubmit={(draft) => void submit(draft).catch(() => undefined)}
      onCancel={onClose}
    />
  );
}
