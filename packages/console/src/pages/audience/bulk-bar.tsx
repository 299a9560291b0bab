import { useState, type ReactNode } from 'react';
import { App, Button, Checkbox } from 'antd';
import { useQueryClient } from '@tanstack/react-query';
import { audienceApi } from '@wutong/contract';
import { call } from '../../api/call.ts';
import { useReader } from '../../frame/reader.tsx';
import { useMay } from '../../frame/session.tsx';
import { sentenceOf } from '../../parts/states.tsx';
import styles from './segment-list.module.css';

type Archive = typeof audienceApi.archiveSegment | typeof audienceApi.archiveTag;

interface BulkBarProps<Endpoint extends Archive> {
  shownIds: readonly string[];
  chosen: readonly { id: string; name: string }[];
  /** The list shows what is archived: it is brought back rather than archived. */
  archived: boolean;
  onChosen: (ids: readonly string[]) => void;
  archive: Endpoint;
  paramsOf: (
    id: string,
  ) => Endpoint extends typeof audienceApi.archiveTag ? { tagId: string } : { segmentId: string };
  extra?: ReactNode;
}

/** What can be done with all that are chosen. Those that something still uses stay, and are named. */
export function BulkBar<Endpoint extends Archive>(props: BulkBarProps<Endpoint>) {
  const { shownIds, chosen, archived, onChosen, archive, paramsOf, extra } = props;
  const { text, format } = useReader();
  const words = text.audience.bulk;
  const mayWrite = useMay(archive);
  const { modal, message } = App.useApp();
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  if (!mayWrite || shownIds.length === 0) return null;
  const apply = async () => {
    setBusy(true);
    const refused: string[] = [];
    for (const { id, name } of chosen) {
      try {
        await call(archive as typeof audienceApi.archiveSegment, {
          params: paramsOf(id) as { segmentId: string },
          body: { archived: !archived },
        });
      } catch (error) {
        refused.push(`${name}: ${sentenceOf(error, text)}`);
      }
    }
    setBusy(false);
    onChosen([]);
    await client.invalidateQueries();
    const done = words.done(format.integer(chosen.length - refused.length));
    if (refused.length === 0) void message.success(done);
    else void modal.warning({ title: done, content: refused.map((line) => <p key={line}>{line}</p>) });
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
      <Button size="small" disabled={chosen.length === 0} loading={busy} onClick={ask}>
        {archived ? text.audience.restore : text.audience.archive}
      </Button>
      {!archived && extra}
    </div>
  );
}
