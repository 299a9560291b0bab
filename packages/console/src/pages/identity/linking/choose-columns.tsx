import { Button, Select } from 'antd';
import { linkingApi, type ResponseOf } from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import { Panel } from '../../../parts/page.tsx';
import type { DraftColumn } from './linking-draft.ts';
import styles from './linking.module.css';

interface ChooseColumnsProps {
  tables: readonly linkingApi.RecordTable[];
  columns: readonly DraftColumn[];
  onChange: (columns: DraftColumn[]) => void;
  /** What the values tell, once they were looked at. */
  preview: ResponseOf<typeof linkingApi.previewLinking> | undefined;
  waiting: boolean;
}

/** Which columns of both lists answer to each other, and how they are compared. */
export function ChooseColumns({ tables, columns, onChange, preview, waiting }: ChooseColumnsProps) {
  const { text, format } = useReader();
  const words = text.linking.wizard;
  const change = (index: number, column: DraftColumn) => onChange(columns.with(index, column));
  return (
    <Panel
      flush
      title={words.steps.columns}
      extra={
        waiting
          ? words.guessing
          : preview &&
            preview.repeatedIds > 0 && (
              <span style={{ color: 'var(--red)' }}>
                {words.repeatedIds(format.integer(preview.repeatedIds))}
              </span>
            )
      }
    >
      <div className={styles.columnsFrame}>
        <table className={styles.columns} aria-label={words.steps.columns}>
          <thead>
            <tr>
              {tables.map((table, place) => (
                <th key={table.tableId + String(place)} scope="col">
                  {words.columnName(String(place + 1))}
                </th>
              ))}
              <th scope="col">{words.kind}</th>
              <th scope="col">{words.filled}</th>
              <th scope="col">{words.examples}</th>
              <th scope="col" />
            </tr>
          </thead>
          <tbody>
            {columns.map((column, index) => {
              const seen = preview?.columns.find(({ name }) => name === column.columns[0]);
              const kind = column.kind ?? seen?.kind;
              return (
                // A row is where it stands: its columns are what is being chosen.
                <tr key={index} data-useless={seen !== undefined && kind === undefined}>
                  {tables.map((table, place) => (
                    <td key={table.tableId + String(place)}>
                      <Select
                        aria-label={`${words.columnName(String(place + 1))} ${index + 1}`}
                        style={{ minWidth: 150 }}
                        value={column.columns[place]}
                        placeholder={words.choose}
                        onChange={(name) => {
                          const names = tables.map((_, at) =>
                            at === place ? name : (column.columns[at] ?? ''),
                          );
                          change(index, { columns: names });
                        }}
                        options={table.columns.map((value) => ({ value, label: value }))}
                      />
                    </td>
                  ))}
                  <td>
                    <Select
                      aria-label={`${words.kind} ${index + 1}`}
                      style={{ minWidth: 120 }}
                      value={kind}
                      placeholder="–"
                      onChange={(next) => change(index, { ...column, kind: next })}
                      options={linkingApi.columnKinds.map((value) => ({
                        value,
                        label: text.linking.kinds[value],
                      }))}
                    />
                    {kind && <small className={styles.kindHint}>{text.linking.kindHints[kind]}</small>}
                  </td>
                  <td className="number">{seen ? format.percent(seen.filled, 0) : '–'}</td>
                  <td className="mono">
                    {seen !== undefined && kind === undefined
                      ? words.useless
                      : seen?.examples.join(text.punctuation.comma)}
                  </td>
                  <td>
                    <Button
                      size="small"
                      type="text"
                      onClick={() => onChange(columns.filter((_, at) => at !== index))}
                    >
                      {words.removeColumn}
                    </Button>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <div style={{ padding: '10px 12px' }}>
        <Button size="small" onClick={() => onChange([...columns, { columns: [] }])}>
          {words.addColumn}
        </Button>
      </div>
    </Panel>
  );
}
