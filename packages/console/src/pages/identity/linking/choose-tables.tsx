import { useRef, useState } from 'react';
import { Button, Select } from 'antd';
import { identityApi, linkingApi } from '@wutong/contract';
import { postFile } from '../../../api/post-file.ts';
import { useRead } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { FormProblem } from '../../../parts/form-problem.tsx';
import { Panel } from '../../../parts/page.tsx';
import { previewImport } from '../../data/import/preview-import.ts';
import { useKeyTitles } from '../use-key-titles.ts';
import { guessIdColumn, type DraftTable } from './linking-draft.ts';
import styles from './linking.module.css';
import { tableTitle } from './run-words.ts';

interface ChooseTableProps {
  place: 0 | 1;
  tables: readonly linkingApi.RecordTable[];
  table: DraftTable;
  onChange: (table: DraftTable) => void;
  onUploaded: () => Promise<unknown>;
}

/** One list: chosen, or uploaded; then where its ids are and what they are. */
export function ChooseTable({ place, tables, table, onChange, onUploaded }: ChooseTableProps) {
  const { text, language } = useReader();
  const words = text.linking.wizard;
  const titleOf = useKeyTitles();
  const keyTypes = useRead(identityApi.listKeyTypes);
  const chosen = tables.find(({ tableId }) => tableId === table.tableId);
  const keyType = keyTypes.data?.items.find(({ type }) => type === table.keyType);
  const choose = (next: linkingApi.RecordTable | undefined) =>
    onChange(
      next === undefined
        ? {}
        : {
            tableId: next.tableId,
            ...(next.kind === 'people'
              ? {}
              : { idColumn: guessIdColumn(next.columns), keyType: table.keyType ?? 'customer_number' }),
          },
    );
  const groups = (['file', 'mapped', 'people'] as const).map((kind) => ({
    label: text.linking.tables[kind],
    options: tables
      .filter((each) => each.kind === kind)
      .map((each) => ({ value: each.tableId, label: tableTitle(each, text) })),
  }));
  return (
    <Panel title={place === 0 ? words.first : words.second}>
      <Select
        aria-label={place === 0 ? words.first : words.second}
        style={{ width: '100%' }}
        value={table.tableId ?? ''}
        onChange={(tableId) => choose(tables.find((each) => each.tableId === tableId))}
        options={[
          { value: '', label: place === 0 ? words.choose : words.onlyOne },
          ...groups.filter(({ options }) => options.length > 0),
        ]}
      />
      <UploadList
        place={place}
        onUploaded={async (kept) => {
          await onUploaded();
          choose(kept);
        }}
      />
      {chosen?.kind === 'people' && <p className="faint">{words.peopleId}</p>}
      {chosen && chosen.kind !== 'people' && (
        <>
          <label className={styles.field}>
            <span>{words.idColumn}</span>
            <Select
              aria-label={`${words.idColumn} ${place + 1}`}
              showSearch={{ optionFilterProp: 'label' }}
              value={table.idColumn}
              onChange={(idColumn) => onChange({ ...table, idColumn })}
              options={chosen.columns.map((value) => ({ value, label: value }))}
            />
            <small>{words.idHint}</small>
          </label>
          <label className={styles.field}>
            <span>{words.keyType}</span>
            <Select
              aria-label={`${words.keyType} ${place + 1}`}
              showSearch={{ optionFilterProp: 'label' }}
              value={table.keyType}
              onChange={(next) => onChange({ ...table, keyType: next })}
              options={(keyTypes.data?.items ?? []).map(({ type, title }) => ({
                value: type,
                label: title[language],
              }))}
            />
            <small>{words.keyHint}</small>
          </label>
          {keyType?.cardinality === 'one' && <p className="faint">{words.oneEach(titleOf(keyType.type))}</p>}
        </>
      )}
    </Panel>
  );
}

interface UploadListProps {
  place: number;
  onUploaded: (table: linkingApi.RecordTable) => Promise<void>;
}

/** Uploads a list; how it is written is told from its beginning. */
function UploadList({ place, onUploaded }: UploadListProps) {
  const { text } = useReader();
  const words = text.linking.tables;
  const input = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const send = async (file: File) => {
    setBusy(true);
    setError(undefined);
    try {
      const name = file.name.slice(0, 100);
      const { format, encoding, delimiter } = await previewImport(file, {});
      await onUploaded(
        await postFile(
          linkingApi.keepRecordFile,
          format === 'xlsx' ? { file: name, format } : { file: name, encoding, delimiter },
          file,
        ),
      );
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="row" style={{ margin: '10px 0 16px' }}>
      <Button size="small" loading={busy} onClick={() => input.current?.click()}>
        {busy ? words.uploading : words.upload}
      </Button>
      <small className="faint">{words.uploadHint}</small>
      <input
        ref={input}
        type="file"
        accept=".csv,.tsv,.txt,.gz,.xlsx"
        className="visually-hidden"
        tabIndex={-1}
        aria-label={`${words.upload} ${place + 1}`}
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          if (file) void send(file);
          target.value = '';
        }}
      />
      <FormProblem error={error} />
    </div>
  );
}
