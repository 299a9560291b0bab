import type { Summary } from '../../../api/vocabulary.ts';
import { useReader } from '../../../frame/reader.tsx';
import { Panel } from '../../../parts/page.tsx';
import { RecordTable, type Column } from '../../../parts/record-table.tsx';
import { StateMark } from '../../../parts/state-mark.tsx';
import { EmptyState } from '../../../parts/states.tsx';

type Row = Summary['steps'][number];

/** The books of each send step; exact numbers, because a book that is rounded proves nothing. */
export function StepBooks({ steps, balanced }: { steps: readonly Row[]; balanced: boolean }) {
  const { text, format } = useReader();
  const words = text.effect;
  const suppressedOf = (row: Row) => Object.values(row.suppressed).reduce((sum, count) => sum + count, 0);
  const columns: Column<Row>[] = [
    {
      key: 'step',
      title: words.step,
      phone: 'title',
      render: ({ title, nodeId, strategyVersion }) => (
        <>
          {title || nodeId}{' '}
          <span className="faint">{text.strategy.versionNumber(String(strategyVersion))}</span>
        </>
      ),
    },
    {
      key: 'audience',
      title: words.audience,
      numeric: true,
      render: ({ audience }) => <b>{format.integer(audience)}</b>,
    },
    {
      key: 'suppressed',
      title: `= ${words.suppressedCount}`,
      numeric: true,
      render: (row) => format.integer(suppressedOf(row)),
    },
    {
      key: 'pending',
      title: `+ ${words.pending}`,
      numeric: true,
      render: ({ pending }) => format.integer(pending),
    },
    { key: 'sent', title: `+ ${words.sent}`, numeric: true, render: ({ sent }) => format.integer(sent) },
    {
      key: 'failed',
      title: `+ ${words.failed}`,
      numeric: true,
      render: ({ failed }) => format.integer(failed),
    },
    {
      key: 'uncertain',
      title: `+ ${words.uncertain}`,
      numeric: true,
      render: ({ uncertain }) => format.integer(uncertain),
    },
    {
      key: 'balanced',
      title: words.check,
      render: (row) => (
        <StateMark tone={row.balanced ? 'good' : 'bad'}>
          {row.balanced ? words.balanced : words.notBalanced}
        </StateMark>
      ),
    },
  ];
  return (
    <Panel
      title={words.books}
      definition={words.booksDefinition}
      flush
      extra={
        <StateMark tone={balanced ? 'good' : 'bad'}>
          {balanced ? words.allBalanced : words.someNotBalanced}
        </StateMark>
      }
    >
      <RecordTable
        label={words.books}
        columns={columns}
        rows={steps}
        rowKey={({ nodeId, strategyVersion }) => `${nodeId} ${strategyVersion}`}
        empty={<EmptyState small title={text.state.none} />}
      />
    </Panel>
  );
}
