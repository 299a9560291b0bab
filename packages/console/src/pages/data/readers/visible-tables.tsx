import { outputsApi, type ResponseOf } from '@wutong/contract';
import { useRead } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { FoldablePanel } from '../../../parts/foldable-panel.tsx';
import { RecordTable, type Column } from '../../../parts/record-table.tsx';
import { Chip } from '../../../parts/state-mark.tsx';
import { Answer } from '../../../parts/states.tsx';
import styles from './readers.module.css';

type Table = ResponseOf<typeof outputsApi.listReaderTables>['items'][number];

/** What every reader sees: views, their columns, and which of them are masked. */
export function VisibleTables() {
  const { text, format } = useReader();
  const words = text.readers;
  const tables = useRead(outputsApi.listReaderTables);
  const columns: Column<Table>[] = [
    {
      key: 'view',
      title: words.view,
      phone: 'title',
      width: '200px',
      render: ({ name }) => <code className="mono">{name}</code>,
    },
    {
      key: 'masked',
      title: words.maskedColumn,
      width: '130px',
      render: ({ columns: list }) => {
        const count = list.filter(({ masked }) => masked).length;
        return count > 0 ? (
          words.maskedCount(format.integer(count))
        ) : (
          <span className="faint">{words.noneMasked}</span>
        );
      },
    },
    {
      key: 'columns',
      title: words.columns,
      render: ({ columns: list }) => (
        <span className={styles.columns}>
          {list.map(({ name, masked }) => (
            <span key={name}>
              <code className="mono">{name}</code> {masked && <Chip tone="warn">{words.maskedColumn}</Chip>}
            </span>
          ))}
        </span>
      ),
    },
  ];
  return (
    <FoldablePanel flush title={words.visible} summary={format.integer(tables.data?.items.length)}>
      <p className="faint" style={{ padding: '0 18px 10px' }}>
        {words.visibleHint} {words.maskedHint}
      </p>
      <Answer query={tables}>
        {({ items }) => (
          <RecordTable label={words.visible} columns={columns} rows={items} rowKey={({ name }) => name} />
        )}
      </Answer>
    </FoldablePanel>
  );
}
