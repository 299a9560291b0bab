import type { ReactNode } from 'react';
import { App } from 'antd';
import { useParams } from 'react-router-dom';
import { audienceApi } from '@wutong/contract';
import { CALM_MS, useRead, useWrite } from '../../../api/use-endpoint.ts';
import { useExpressionNames } from '../../../eql/use-expression-names.ts';
import { useText } from '../../../frame/reader.tsx';
import { PageTabs } from '../../../parts/page-tabs.tsx';
import { Page } from '../../../parts/page.tsx';
import { Chip } from '../../../parts/state-mark.tsx';
import { Answer, Failure, Loading } from '../../../parts/states.tsx';
import { useUrlState } from '../../../parts/url-state.ts';
import { Impact } from '../lineage/impact.tsx';
import { LineagePanel } from '../lineage/lineage-panel.tsx';
import styles from '../segment-page.module.css';
import { useComputeTag } from '../use-compute.ts';
import { WaitingNote } from '../waiting-note.tsx';
import { VisibilityChip } from '../visibility-chip.tsx';
import { VersionList } from '../version-list.tsx';
import { TagActions } from './tag-actions.tsx';
import { TagForm, type TagDraft } from './tag-form.tsx';
import { TagOverview } from './tag-overview.tsx';
import { shapeOf } from './tag-shape.ts';
import { readText } from '../../../eql/rule/draft.ts';
import type { Tag } from './tag.ts';

/** A tag: who has which value, how it is made, what it costs and what uses it. */
export default function TagPage() {
  const { tagId = '' } = useParams();
  const { tags: words } = useText();
  const tag = useRead(audienceApi.readTag, { params: { tagId } }, { refetchIntervalMs: CALM_MS });
  if (!tag.data && tag.error) {
    return (
      <Page title={words.list} back={{ to: '/tags', label: words.list }}>
        <Failure error={tag.error} onRetry={() => void tag.refetch()} />
      </Page>
    );
  }
  return (
    <Answer query={tag} rows={10}>
      {(data) => <TagView tag={data} />}
    </Answer>
  );
}

function TagView({ tag }: { tag: Tag }) {
  const { tags: words, audience } = useText();
  const [editing, setEditing] = useUrlState('edit');
  const compute = useComputeTag(tag.tagId);
  return (
    <Page
      title={tag.name}
      back={{ to: '/tags', label: words.list }}
      heading={
        <span className="row">
          {tag.name}
          <Chip>{words.kind[tag.kind]}</Chip>
          <Chip>{words.valueType[tag.valueType]}</Chip>
          {tag.folder && <Chip>{tag.folder}</Chip>}
          <VisibilityChip sharing={tag.sharing} />
          {tag.archived && <Chip tone="warn">{audience.archived}</Chip>}
        </span>
      }
      lead={tag.description}
      actions={!(editing && tag.mayEdit) && <TagActions tag={tag} onEdit={() => setEditing('1')} />}
    >
      {tag.problem && (
        <p role="alert" className={styles.problem}>
          <b>{audience.problem}</b> {tag.problem}
        </p>
      )}
      <WaitingNote definition={tag} compute={compute} />
      {editing && tag.mayEdit ? <Editing tag={tag} onClose={() => setEditing('')} /> : <TagTabs tag={tag} />}
    </Page>
  );
}

function TagTabs({ tag }: { tag: Tag }) {
  const { audience: words } = useText();
  const [tab, setTab] = useUrlState('tab', 'overview');
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
        item('overview', <TagOverview tag={tag} />),
        item('lineage', <LineagePanel kind="tag" id={tag.tagId} />),
        item('versions', <VersionList versions={tag.versions} current={tag.version} />),
      ]}
    />
  );
}

function Editing({ tag, onClose }: { tag: Tag; onClose: () => void }) {
  const { audience: words } = useText();
  const { message, modal } = App.useApp();
  const { names, isLoading } = useExpressionNames();
  const save = useWrite(audienceApi.editTag, [audienceApi.readTag, audienceApi.listTags]);
  const text = tag.text ?? '';
  const submit = async ({ name, description, folder, schedule, text: written, model }: TagDraft) => {
    await save.mutateAsync({
      params: { tagId: tag.tagId },
      body: {
        name,
        description,
        folder,
        schedule,
        priority: tag.priority,
        ...(tag.text === undefined ? {} : { text: written }),
        ...(tag.kind === 'model' && model
          ? { model: { scorer: model.scorer, freshForHours: model.freshForHours } }
          : {}),
        version: tag.version,
      },
    });
    void message.success(words.saved);
    onClose();
  };
  const ask = (draft: TagDraft) => {
    if (draft.text === text || tag.usedBy.length === 0) return submit(draft);
    return modal.confirm({
      title: words.lineage.before,
      width: 520,
      content: <Impact kind="tag" id={tag.tagId} />,
      okText: words.saveVersion,
      onOk: () => submit(draft).catch(() => undefined),
    });
  };
  if (isLoading) return <Loading rows={8} />;
  const shape = tag.kind === 'rule' ? shapeOf(readText(text).document) : tag.kind;
  return (
    <TagForm
      draft={{ ...tag, text }}
      shape={shape}
      names={names}
      idFixed
      submitLabel={words.saveVersion}
      busy={save.isPending}
      error={save.error}
      onSubmit={(draft) => void Promise.resolve(ask(draft)).catch(() => undefined)}
      onCancel={onClose}
    />
  );
}
