import { useState } from 'react';
import { App, Button } from 'antd';
import { audienceApi } from '@wutong/contract';
import { useWrite } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { useMay } from '../../../frame/session.tsx';
import { Impact } from '../lineage/impact.tsx';
import type { Tag } from './tag-page.tsx';
import { TagValuesDialog } from './tag-values-dialog.tsx';

interface TagActionsProps {
  tag: Tag;
  onEdit: () => void;
}

/** What can be done with a tag: computed or set, edited, archived. */
export function TagActions({ tag, onEdit }: TagActionsProps) {
  const { text, format } = useReader();
  const words = text.audience;
  const mayWrite = useMay(audienceApi.editTag);
  const { message, modal } = App.useApp();
  const [setting, setSetting] = useState(false);
  const params = { tagId: tag.tagId };
  const compute = useWrite(audienceApi.computeTag, [audienceApi.readTag]);
  const archive = useWrite(audienceApi.archiveTag);
  if (!mayWrite) return null;
  const setArchived = (archived: boolean) =>
    archive.mutate({ params, body: { archived } }, { onError: (error) => void message.error(error.message) });
  const computed = tag.kind === 'rule' || tag.kind === 'sql';
  return (
    <>
      {tag.archived ? (
        <Button onClick={() => setArchived(false)}>{words.restore}</Button>
      ) : (
        <Button
          onClick={() =>
            void modal.confirm({
              title: words.archive,
              width: 520,
              content: (
                <>
                  <p>{text.tags.archiveQuestion}</p>
                  <Impact kind="tag" id={tag.tagId} />
                </>
              ),
              okText: words.archive,
              onOk: () => setArchived(true),
            })
          }
        >
          {words.archive}
        </Button>
      )}
      {computed && !tag.archived && (
        <Button
          loading={compute.isPending}
          onClick={() =>
            compute.mutate(
              { params },
              {
                onSuccess: ({ people }) => void message.success(words.computeDone(format.integer(people))),
                onError: (error) => void message.error(error.message),
              },
            )
          }
        >
          {words.compute}
        </Button>
      )}
      {!computed && !tag.archived && <Button onClick={() => setSetting(true)}>{text.tags.setValues}</Button>}
      <Button type="primary" disabled={tag.archived} onClick={onEdit}>
        {words.edit}
      </Button>
      {setting && <TagValuesDialog tagId={tag.tagId} onClose={() => setSetting(false)} />}
    </>
  );
}
