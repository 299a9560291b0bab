import { useReader } from '../../frame/reader.tsx';
import { Panel } from '../../parts/page.tsx';
import { RecordTable, type Column } from '../../parts/record-table.tsx';
import { wordFor } from '../../text/text.ts';

interface Comparison {
  column: string;
  level: string;
  /** Base-2 logarithm of the odds: above zero for one person, below against. */
  weight: number;
}

export interface Linkage {
  probability: number;
  weight: number;
  comparisons: Comparison[];
}

/** The score of probabilistic linking within an item's evidence; undefined when a guard stopped it. */
export function linkageOf(evidence: Record<string, unknown>): Linkage | undefined {
  const { probability, weight, comparisons } = evidence;
  if (typeof probability !== 'number' || typeof weight !== 'number' || !Array.isArray(comparisons)) {
    return undefined;
  }
  return { probability, weight, comparisons: comparisons as Comparison[] };
}

/** What speaks for one person and what against, field by field, the strongest first. */
export function LinkageScore({ linkage }: { linkage: Linkage }) {
  const { text, format } = useReader();
  const words = text.identity.review;
  const columns: Column<Comparison>[] = [
    {
      key: 'column',
      title: words.comparison.column,
      phone: 'title',
      render: ({ column }) => wordFor(text.words.property, column),
    },
    {
      key: 'level',
      title: words.comparison.level,
      render: ({ level }) =>
        level === 'missing' ? (
          <span className="faint">{words.missing}</span>
        ) : (
          wordFor(text.linking.levels, level)
        ),
    },
    {
      key: 'weight',
      title: words.comparison.weight,
      numeric: true,
      render: ({ weight }) => (
        <span style={{ color: weight < 0 ? 'var(--red)' : undefined }}>
          {weight > 0 ? '+' : ''}
          {format.decimal(weight, 1)}{' '}
          <span className="faint">{weight < 0 ? words.against : words.forPerson}</span>
        </span>
      ),
    },
  ];
  return (
    <Panel title={words.comparisons} flush>
      <RecordTable
        label={words.comparisons}
        columns={columns}
        rows={linkage.comparisons.toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight))}
        rowKey={({ column }) => column}
      />
    </Panel>
  );
}
