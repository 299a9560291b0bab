import { useState } from 'react';
import { App, Button, Dropdown } from 'antd';
import { useNavigate } from 'react-router-dom';
import { audienceApi } from '@wutong/contract';
import { useWrite } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { useMay } from '../../frame/session.tsx';
import { combinedText } from './combination.ts';
import { CombineDialog } from './combine-dialog.tsx';
import { CombinePicker } from './combine-picker.tsx';
import { ImportListDialog } from './import-list-dialog.tsx';
import { Impact } from './lineage/impact.tsx';
import { ShareButton } from './share-button.tsx';
import type { Segment } from './segment.ts';
import { useComputeSegment } from './use-compute.ts';

interface SegmentActionsProps {
  segment: Segment;
  onEdit: () => void;
}

/** What can be done with a segment: computed, edited, frozen, put together with others, archived. */
export function SegmentActions({ segment, onEdit }: SegmentActionsProps) {
  const { text } = useReader();
  const words = text.audience;
  const mayWrite = useMay(audienceApi.createSegment);
  const { segmentId } = segment;
  const compute = useComputeSegment(segmentId);
  const [replacing, setReplacing] = useState(false);
  if (!mayWrite) return null;
  return (
    <>
      <MoreActions segment={segment} />
      <ShareButton kind="segment" id={segmentId} made={segment} />
      {segment.kind === 'import' && segment.mayEdit && !segment.archived && (
        <Button type="primary" onClick={() => setReplacing(true)}>
          {words.importList.replaceAction}
        </Button>
      )}
      {replacing && <ImportListDialog segment={segment} onClose={() => setReplacing(false)} />}
      {(segment.kind === 'rule' || segment.kind === 'lookalike') && !segment.archived && (
        <>
          <Button onClick={compute.run} loading={compute.isPending}>
            {words.compute}
          </Button>
          {segment.mayEdit && (
            <Button type="primary" onClick={onEdit}>
              {words.edit}
            </Button>
          )}
        </>
      )}
    </>
  );
}

function MoreActions({ segment }: { segment: Segment }) {
  const { text } = useReader();
  const words = text.audience;
  const { message, modal } = App.useApp();
  const navigate = useNavigate();
  const [combining, setCombining] = useState<readonly Pick<Segment, 'segmentId' | 'name' | 'members'>[]>();
  const [picking, setPicking] = useState(false);
  const { segmentId } = segment;
  const archive = useWrite(audienceApi.archiveSegment);
  const freeze = useSnapshot(segment);
  const setArchived = (archived: boolean) =>
    archive.mutate(
      { params: { segmentId }, body: { archived } },
      { onError: (error) => void message.error(error.message) },
    );
  const actions: Record<string, () => void> = {
    snapshot: freeze,
    copy: () =>
      void navigate(
        `/audiences/new?text=${encodeURIComponent(segment.text ?? combinedText('union', [segmentId]))}`,
      ),
    combine: () => setPicking(true),
    lookalike: () => void navigate(`/audiences/new/lookalike?seed=${segmentId}`),
    archive: () =>
      void modal.confirm({
        title: words.archive,
        width: 520,
        content: (
          <>
            <p>{words.archiveQuestion}</p>
            <Impact kind="segment" id={segmentId} />
          </>
        ),
        okText: words.archive,
        onOk: () => setArchived(true),
      }),
    restore: () => setArchived(false),
  };
  return (
    <>
      <Dropdown
        trigger={['click']}
        menu={{
          items: [
            { key: 'copy', label: words.copy },
            { key: 'snapshot', label: words.snapshot },
            { key: 'combine', label: words.combine.title },
            { key: 'lookalike', label: words.lookalike.find },
            ...(segment.mayEdit
              ? [
                  { type: 'divider' as const },
                  segment.archived
                    ? { key: 'restore', label: words.restore }
                    : { key: 'archive', label: words.archive },
                ]
              : []),
          ],
          onClick: ({ key }) => actions[key]?.(),
        }}
      >
        <Button>{words.moreActions}</Button>
      </Dropdown>
      {picking && (
        <CombinePicker
          segment={segment}
          onPicked={(segments) => {
            setPicking(false);
            setCombining(segments);
          }}
          onClose={() => setPicking(false)}
        />
      )}
      {combining && <CombineDialog segments={combining} onClose={() => setCombining(undefined)} />}
    </>
  );
}

/** Keeps the members of this moment as a segment that no longer changes. */
function useSnapshot(segment: Segment): () => void {
  const { text, format } = useReader();
  const words = text.audience;
  const { message } = App.useApp();
  const navigate = useNavigate();
  const create = useWrite(audienceApi.createSegment, [audienceApi.listSegments]);
  return () =>
    create.mutate(
      {
        body: {
          segmentId: `${segment.segmentId.slice(0, 48)}_${Date.now().toString(36)}`,
          name: words.snapshotName(segment.name, format.date(Date.now())),
          folder: segment.folder,
          kind: 'snapshot',
          text: combinedText('union', [segment.segmentId]),
          schedule: { every: 'manual' },
        },
      },
      {
        onSuccess: (made) => {
          void message.success(words.snapshotDone);
          void navigate(`/audiences/${made.segmentId}`);
        },
        onError: (error) => void message.error(error.message),
      },
    );
}
