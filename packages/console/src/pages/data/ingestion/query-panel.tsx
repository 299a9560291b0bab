import { lazy, Suspense } from 'react';
import { Button, Segmented, Select } from 'antd';
import { connectionsApi } from '@wutong/contract';
import { useRead, useWrite } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { FormProblem } from '../../../parts/form-problem.tsx';
import { Panel } from '../../../parts/page.tsx';
import { Loading } from '../../../parts/states.tsx';
import { PreviewRows } from '../warehouse/preview-rows.tsx';
import styles from './ingestion.module.css';
import type { TaskDraft } from './task-draft.ts';

const SqlEditor = lazy(() => import('./sql-editor.tsx'));

interface QueryPanelProps {
  draft: TaskDraft;
  preview: connectionsApi.Preview | undefined;
  onChange: (draft: TaskDraft) => void;
  onPreview: (preview: connectionsApi.Preview) => void;
}

/** A mapped table or SQL over them, and its first rows. */
export function QueryPanel({ draft, preview, onChange, onPreview }: QueryPanelProps) {
  const { text } = useReader();
  const words = text.warehouse.tasks;
  const tables = useRead(connectionsApi.listMappedTables);
  const run = useWrite(connectionsApi.previewSql, []);
  const mapped = tables.data?.items ?? [];
  const names = Object.fromEntries(
    mapped.map(({ tableName, columns }) => [tableName, columns.map(({ name }) => name)]),
  );
  const sql = draft.reads === 'table' ? `select * from ${draft.table}` : draft.sql;
  const ready = draft.reads === 'table' ? draft.table !== '' : draft.sql.trim() !== '';
  const show = () => {
    if (ready) run.mutate({ body: { sql } }, { onSuccess: onPreview });
  };
  const because = run.error?.problem.details?.['reason'] ?? run.error?.problem.details?.['message'];
  return (
    <>
      <Panel title={words.query}>
        <div style={{ display: 'grid', gap: 12 }}>
          <Segmented
            style={{ justifySelf: 'start' }}
            aria-label={words.query}
            value={draft.reads}
            onChange={(reads) => onChange({ ...draft, reads: reads === 'table' ? 'table' : 'sql' })}
            options={[
              { value: 'sql', label: words.sql },
              { value: 'table', label: words.wholeTable },
            ]}
          />
          {draft.reads === 'table' ? (
            <Select
              showSearch={{ optionFilterProp: 'label' }}
              aria-label={words.table}
              placeholder={words.table}
              style={{ maxWidth: 360 }}
              value={draft.table || undefined}
              onChange={(table) => onChange({ ...draft, table })}
              options={mapped.map(({ tableName }) => ({ value: tableName, label: tableName }))}
            />
          ) : (
            <>
              <div className={styles.editor}>
                <Suspense fallback={<Loading rows={5} />}>
                  <SqlEditor
                    value={draft.sql}
                    label={words.sql}
                    tables={names}
                    onChange={(written) => onChange({ ...draft, sql: written })}
                    onRun={show}
                  />
                </Suspense>
              </div>
              <p className="faint">{words.sqlHint}</p>
            </>
          )}
          <FormProblem error={run.error} because={because} />
          <Button style={{ justifySelf: 'start' }} disabled={!ready} loading={run.isPending} onClick={show}>
            {words.preview}
          </Button>
        </div>
      </Panel>
      {preview && (
        <Panel flush title={words.preview}>
          <PreviewRows preview={preview} />
        </Panel>
      )}
    </>
  );
}
