import { Button, Checkbox, Select } from 'antd';
import { useReader } from '../../../frame/reader.tsx';
import { ProblemLine } from '../../../parts/form-problem.tsx';
import { Panel } from '../../../parts/page.tsx';
import { EmptyState } from '../../../parts/states.tsx';
import styles from './import.module.css';
import { delimiters, encodings, formats, type FileHead, type HeadChoice } from './preview-import.ts';
import { wideList } from '../../../parts/wide-list.ts';

interface FileStepProps {
  file: File;
  head: FileHead | undefined;
  choice: HeadChoice;
  onChoice: (choice: HeadChoice) => void;
  onOther: () => void;
}

/** What was detected, to be corrected, and the first rows as they are read with it. */
export function FileStep({ file, head, choice, onChoice, onOther }: FileStepProps) {
  const { text, format } = useReader();
  const words = text.imports;
  const names = [
    words.delimiters.comma,
    words.delimiters.tab,
    words.delimiters.semicolon,
    words.delimiters.bar,
  ];
  const lost = (head?.columns ?? []).filter(({ digitsLost }) => digitsLost).map(({ name }) => name);
  const isPacked = head?.format === 'xlsx' || head?.format === 'parquet';
  return (
    <>
      <Panel
        title={file.name}
        extra={
          <Button size="small" onClick={onOther}>
            {words.chooseOther}
          </Button>
        }
      >
        <div className={styles.choices}>
          <span>
            <span className="faint">{words.size}</span> {sizeText(file.size, format.decimal)}
            {head?.gzip && ` · ${words.packed}`}
          </span>
          <label>
            <span className="faint">{words.format}</span>
            <Select
              aria-label={words.format}
              value={head?.format ?? choice.format ?? 'csv'}
              // What is packed can be nothing else; a text may be either.
              disabled={isPacked}
              onChange={(value) => onChoice({ ...choice, format: value })}
              options={(isPacked ? formats : (['csv', 'ndjson'] as const)).map((value) => ({
                value,
                label: words.formats[value],
              }))}
            />
          </label>
          {!isPacked && (
            <label>
              <span className="faint">{words.encoding}</span>
              <Select
                aria-label={words.encoding}
                value={head?.encoding ?? choice.encoding ?? 'utf-8'}
                {...wideList}
                onChange={(encoding) => onChoice({ ...choice, encoding })}
                options={encodings.map((value) => ({ value, label: words.encodings[value] }))}
              />
            </label>
          )}
          {head && head.sheets.length > 0 && (
            <label>
              <span className="faint">{words.sheet}</span>
              <Select
                aria-label={words.sheet}
                value={head.sheet}
                {...wideList}
                onChange={(sheet) => onChoice({ ...choice, sheet, hasHeader: undefined })}
                options={head.sheets.map((value) => ({
                  value,
                  label: head.hiddenSheets.includes(value) ? words.hiddenSheet(value) : value,
                }))}
              />
            </label>
          )}
          {head?.format !== 'ndjson' && head?.format !== 'parquet' && (
            <>
              {!isPacked && (
                <label>
                  <span className="faint">{words.delimiter}</span>
                  <Select
                    aria-label={words.delimiter}
                    value={head?.delimiter ?? ','}
                    onChange={(delimiter) => onChoice({ ...choice, delimiter })}
                    options={delimiters.map((value, index) => ({ value, label: names[index] }))}
                  />
                </label>
              )}
              <Checkbox
                checked={head?.hasHeader ?? true}
                onChange={({ target }) => onChoice({ ...choice, hasHeader: target.checked })}
              >
                {words.hasHeader}
              </Checkbox>
            </>
          )}
        </div>
        <p className="faint" style={{ marginTop: 10 }}>
          {words.detected}
        </p>
        {head && head.titleRows > 0 && <p>{words.titleRows(format.integer(head.titleRows))}</p>}
      </Panel>
      {lost.length > 0 && (
        <ProblemLine>
          {(isPacked ? words.run.warnings.digits_lost : words.run.digitsLostInText)(lost.join(words.run.and))}
        </ProblemLine>
      )}
      {head && head.hiddenSheets.length > 0 && (
        <ProblemLine>{words.hiddenSheets(head.hiddenSheets.join(words.run.and))}</ProblemLine>
      )}
      {head && head.mergedCells > 0 && (
        <ProblemLine>{words.mergedCells(format.integer(head.mergedCells))}</ProblemLine>
      )}
      {head && <SampleRows head={head} />}
    </>
  );
}

const ROWS_SHOWN = 8;

function SampleRows({ head }: { head: FileHead }) {
  const { text, format } = useReader();
  const words = text.imports;
  const rows = head.rows.slice(0, ROWS_SHOWN);
  return (
    <Panel
      flush
      title={words.preview}
      extra={words.previewNote(format.integer(rows.length), format.integer(head.columns.length))}
    >
      {rows.length === 0 ? (
        <EmptyState small title={words.noRows} />
      ) : (
        <div className={styles.scroll} tabIndex={0} role="region" aria-label={words.preview}>
          <table className={styles.sample}>
            <thead>
              <tr>
                {head.columns.map(({ name, kind }, index) => (
                  // Columns of a file have no identity but their place.
                  <th key={index} scope="col">
                    {name} <span className="faint">{words.columnKinds[kind]}</span>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row, place) => (
                <tr key={place}>
                  {head.columns.map((_column, index) => (
                    <td key={index}>{row[index]}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}

const KILO = 1_024;

function sizeText(bytes: number, decimal: (value: number, digits?: number) => string): string {
  if (bytes < KILO) return `${bytes} B`;
  return bytes < KILO * KILO ? `${decimal(bytes / KILO, 1)} KB` : `${decimal(bytes / KILO / KILO, 1)} MB`;
}
