import { useState } from 'react';
import { App, Button } from 'antd';
import { useNavigate } from 'react-router-dom';
import { audienceApi, formatEql, type EqlDocument } from '@wutong/contract';
import { useWrite } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { useMay } from '../../../frame/session.tsx';
import { Impact } from '../lineage/impact.tsx';
import { ShareButton } from '../share-button.tsx';
import { useComputeTag } from '../use-compute.ts';
import type { Tag } from './tag.ts';
import { TagValuesDialog } from './tag-values-dialog.tsx';

/** Everybody who has a value of a tag. */
const peopleWith = (tag: string): EqlDocument => ({
  kind: 'population',
  of: 'person',
  where: { kind: 'missing', value: { kind: 'tag', tag }, negated: true },
});

interface TagActionsProps {
  tag: Tag;
  onEdit: () => void;
}

/** What can be done with a tag: made a segment of, computed or set, edited, archived. */
export function TagActions({ tag, onEdit }: TagActionsProps) {
  const { text } = useReader();
  const mayWrite = useMay(audienceApi.editTag);
  const navigate = useNavigate();
  const [setting, setSetting] = useState(false);
  const { tagId, archived, mayEdit } = tag;
  if (!mayWrite) return null;
  const computed = tag.kind === 'rule' || tag.kind === 'sql' || tag.model?.scorer !== undefined;
  return (
    <>
      {mayEdit && <ArchiveButton tag={tag} />}
      <ShareButton kind="tag" id={tagId} made={tag} />
      {!archived && (
        <>
          <Button
            onClick={() =>
              void navigate(`/audiences/new?text=${encodeURIComponent(formatEql(peopleWith(tagId)))}`)
            }
          >
            {text.tags.segmentOf}
          </Button>
          {computed ? (
            <ComputeButton tagId={tagId} />
          ) : (
            mayEdit && <Button onClick={() => setSetting(true)}>{text.tags.setValues}</Button>
          )}
          {mayEdit && (
            <Button type="primary" onClick={onEdit}>
              {text.audience.edit}
            </Button>
          )}
        </>
      )}
      {setting && <TagValuesDialog tagId={tagId} onClose={() => setSetting(false)} />}
    </>
  );
}

function ComputeButton({ tagId }: { tagId: string }) {
  const { text } = useReader();
  const { isPending, run } = useComputeTag(tagId);
  return (
    <Button loading={isPending} onClick={run}>
      {text.audience.compute}
    </Button>
  );
}

function ArchiveButton({ tag: { tagId, archived } }: { tag: Tag }) {
  const { text } = useReader();
  const words = text.audience;
  const { message, modal } = App.useApp();
  const archive = useWrite(audienceApi.archiveTag);
  const set = (next: boolean) =>
    archive.mutate(
      { params: { tagId }, body: { archived: next } },
      { onError: (error) => void message.error(error.message) },
    );
  const ask = () =>
    void modal.confirm({
      title: words.archive,
      width: 520,
      content: (
        <>
          <p>{text.tags.archiveQuestion}</p>
          <Impact kind="tag" id={tagId} />
        </>
      ),
      okText: words.archive,
      onOk: () => set(true),
    });
  return archived ? (
    <Button onClick={() => set(false)}>{words.restore}</Button>
  ) : (
    <Button onClick={ask}>{words.archive}</Button>
  );
}
