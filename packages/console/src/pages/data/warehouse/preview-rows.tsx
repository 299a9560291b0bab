import type { connectionsApi } from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import { EmptyState } from '../../../parts/states.tsx';
import styles from './warehouse.module.css';

/** Rows of a preview under their columns and types. */
export function PreviewRows({ preview }: { preview: connectionsApi.Preview }) {
  const { text } = useReader();
  const words = text.warehouse.connections;
  return (
    <>
      {preview.masked && <p className={styles.note}>{words.masked}</p>}
      <div className={styles.scroll} tabIndex={0} role="region" aria-label={words.preview}>
        <table className={styles.rows}>
          <thead>
            <tr>
              {preview.columns.map(({ name, type }) => (
                <th key={name} scope="col">
                  {name}
                  <small>{type.replace(/^Nullable\((.*)\)$/, '$1')}</small>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {preview.rows.map((row, place) => (
              // Rows of a preview have no identity but their place.
              <tr key={place}>
                {preview.columns.map(({ name }, index) => (
                  <td key={name}>{row[index] ?? <span className="faint">–</span>}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {preview.rows.length === 0 && <EmptyState small title={text.state.none} />}
    </>
  );
}
