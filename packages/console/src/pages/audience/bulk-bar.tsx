import type { ReactNode } from 'react';
import { App, Button, Checkbox } from 'antd';
import { audienceApi } from '@wutong/contract';
import { useWrite } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { useMay } from '../../frame/session.tsx';
import { sentenceOf } from '../../parts/states.tsx';
import styles from './segment-list.module.css';

interface BulkBarProps {
  kind: 'segment' | 'tag';
  shownIds: readonly string[];
  chosen: readonly { id: string; name: string }[];
  /** The list shows what is archived: it is brought back rather than archived. */
  archived: boolean;
  onChosen: (ids: readonly string[]) => void;
  extra?: ReactNode;
}

/** What can be done with all that are chosen. Those that something still uses stay, and are named. */
export function BulkBar({ kind, shownIds, chosen, archived, onChosen, extra }: BulkBarProps) {
  const { text, format } = useReader();
  const words = text.audience.bulk;
  const mayWrite = useMay(audienceApi.archiveMany);
  const { modal, message } = App.useApp();
  const archive = useWrite(audienceApi.archiveMany);
  if (!mayWrite || shownIds.length === 0) return null;
  const nameOf = (id: string) => chosen.find((each) => each.id === id)?.name ?? id;
  const apply = async () => {
    try {
      const { done, refused } = await archive.mutateAsync({
        body: { items: chosen.map(({ id }) => ({ kind, id })), archived: !archived },
      });
      onChosen([]);
      const title = words.done(format.integer(done));
      if (refused.length === 0) {
        void message.success(title);
        return;
      }
      void modal.warning({
        title,
        content: refused.map(({ id, code, usedBy }) => (
          <p key={id}>
            {code === 'not_editor'
              ? words.notYours(nameOf(id))
              : words.kept(nameOf(id), (usedBy ?? []).join(text.punctuation.comma))}
          </p>
        )),
      });
    } catch (error) {
      void message.error(sentenceOf(error, text));
    }
  };
  const ask = () =>
    void modal.confirm({
      title: archived ? words.restoreTitle : words.archiveTitle(format.integer(chosen.length)),
      content: (
        <>
          {!archived && <p>{words.archiveHint}</p>}
          <ul className={styles.named}>
            {chosen.slice(0, 12).map(({ id, name }) => (
              <li key={id}>{name}</li>
            ))}
          </ul>
        </>
      ),
      onOk: apply,
    });
  const all = chosen.length === shownIds.length;
  return (
    <div className={styles.bulk}>
      <Checkbox
        checked={all && chosen.length > 0}
        indeterminate={chosen.length > 0 && !all}
        onChange={({ target }) => onChosen(target.checked ? shownIds : [])}
      >
        {chosen.length > 0 ? words.chosen(format.integer(chosen.length)) : words.chooseAll}
      </Checkbox>
      <Button size="small" disabled={chosen.length === 0} loading={archive.isPending} onClick={ask}>
        {archived ? text.audience.restore : text.audience.archive}
      </Button>
      {!archived && extra}
    </div>
  );
}
