import type { streamsApi } from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import { RecordTable, type Column } from '../../../parts/record-table.tsx';
import { EmptyState } from '../../../parts/states.tsx';

type Partition = streamsApi.StreamPartition;

/** Where each partition is read up to, and how much waits. */
export function PartitionTable({ partitions }: { partitions: readonly Partition[] }) {
  const { text, format } = useReader();
  const words = text.streams;
  const columns: Column<Partition>[] = [
    {
      key: 'partition',
      title: words.partition,
      phone: 'title',
      render: ({ topic, partition }) => (
        <span className="mono">
          {topic} / {partition}
        </span>
      ),
    },
    {
      key: 'position',
      title: words.position,
      numeric: true,
      render: ({ position }) => format.integer(position),
    },
    { key: 'end', title: words.end, numeric: true, render: ({ end }) => format.integer(end) },
    { key: 'lag', title: words.lag, numeric: true, render: ({ lag }) => format.integer(lag) },
  ];
  return (
    <RecordTable
      label={words.partitions}
      columns={columns}
      rows={partitions}
      rowKey={({ topic, partition }) => `${topic}/${partition}`}
      empty={<EmptyState small title={words.noPartitions} />}
    />
  );
}

/** Processes that share the reading. */
export function WorkerList({ workers }: { workers: streamsApi.Stream['workers'] }) {
  const { text, format } = useReader();
  const words = text.streams;
  return (
    <ul>
      {workers.map(({ processId, activity, partitions }) => (
        <li key={processId} title={processId}>
          <code className="mono faint">{processId.slice(-8)}</code> {words.activity[activity]} ·{' '}
          {words.partitionCount(format.integer(partitions))}
        </li>
      ))}
    </ul>
  );
}
