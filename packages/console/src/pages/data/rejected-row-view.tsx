import { useState } from 'react';
import { Input } from 'antd';
import { useReader } from '../../frame/reader.tsx';
import { Facts } from '../../parts/facts.tsx';
import { ProblemLine } from '../../parts/form-problem.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { useSourceNames } from '../people/use-source-names.ts';
import { RejectedActions, type OpenRejected } from './rejected-actions.tsx';
import styles from './rejected-row.module.css';
import { useRowProblem } from './use-row-problem.ts';

interface RejectedRowViewProps {
  rejected: OpenRejected;
  onClose: () => void;
}

/** A rejected row of an import: its cells by column, those at fault first. */
export function RejectedRowView({ rejected, onClose }: RejectedRowViewProps) {
  const { text, format } = useReader();
  const words = text.data.rejected;
  const problemText = useRowProblem();
  const sourceName = useSourceNames();
  const [changes, setChanges] = useState<Record<string, string>>({});
  const [line, setLine] = useState(rejected.raw);
  const { cells = [], problems = [], importName, obstacle } = rejected.opened ?? {};
  const settled = rejected.state === 'replayed' || rejected.state === 'discarded';
  const isFixed = settled || obstacle !== undefined;
  const isLine = rejected.raw !== '' && (rejected.format === 'csv' || rejected.format === 'ndjson');
  const changed = Object.entries(changes).filter(
    ([column, value]) =>
      rejected.isMasked || cells.some((cell) => cell.column === column && cell.value !== value),
  );
  const repairLine = line === rejected.raw ? undefined : { raw: line };
  const repairCells = changed.length === 0 ? undefined : { cells: Object.fromEntries(changed) };
  const atFault = new Set(problems.flatMap(({ columns }) => columns));
  const shown = isLine ? [] : cells;
  const groups = [
    { title: undefined, cells: shown.filter(({ column }) => atFault.has(column)) },
    {
      title: atFault.size > 0 ? words.row.others : undefined,
      cells: shown.filter(({ column }) => !atFault.has(column)),
    },
  ].filter((group) => group.cells.length > 0);
  return (
    <div className="stack">
      {!rejected.isMasked && <p className="faint">{words.rawHint}</p>}
      <Facts
        facts={[
          [
            words.reason,
            <ul key="problems" className={styles.problems}>
              {problems.map((problem) => (
                <li key={`${problem.record} ${problem.code} ${problem.detail}`}>{problemText(problem)}</li>
              ))}
            </ul>,
          ],
          [words.import, importName ?? '–'],
          [words.what, words.row.place(rejected.file ?? '', format.integer(rejected.row ?? 0))],
          [words.source, sourceName(rejected.sourceId)],
          [words.state, words.states[rejected.state]],
          [words.received, <TimeText key="received" at={rejected.receivedAt} form="full" />],
          rejected.triedAt !== undefined && [
            words.row.tried,
            <TimeText key="tried" at={rejected.triedAt} form="full" />,
          ],
        ]}
      />
      {obstacle && <ProblemLine>{words.row.obstacles[obstacle]}</ProblemLine>}
      {rejected.isMasked && !isFixed && <p className="faint">{words.row.masked}</p>}
      {rejected.raw !== '' && (
        <>
          {!isFixed && <p className="faint">{isLine ? words.row.lineHint : words.row.broken}</p>}
          <Input.TextArea
            className="mono"
            aria-label={words.row.line}
            autoSize={{ minRows: 3, maxRows: 16 }}
            readOnly={isFixed || !isLine}
            value={line}
            onChange={({ target }) => setLine(target.value)}
          />
        </>
      )}
      {groups.map((group) => (
        <fieldset key={group.title ?? ''} className={styles.cells}>
          {group.title && <legend className="faint">{group.title}</legend>}
          {group.cells.map(({ column, value }) => (
            <label key={column} className={styles.cell}>
              <span className={styles.column}>{column}</span>
              <Input.TextArea
                autoSize={{ minRows: 1, maxRows: 8 }}
                readOnly={isFixed}
                status={atFault.has(column) && !settled ? 'error' : ''}
                aria-invalid={atFault.has(column) && !settled}
                placeholder={rejected.isMasked ? words.row.keep : undefined}
                value={changes[column] ?? value}
                onChange={({ target }) => setChanges((before) => ({ ...before, [column]: target.value }))}
              />
            </label>
          ))}
        </fieldset>
      ))}
      <RejectedActions
        rejected={rejected}
        repair={isLine ? repairLine : repairCells}
        isStuck={obstacle !== undefined}
        onClose={onClose}
      />
    </div>
  );
}
