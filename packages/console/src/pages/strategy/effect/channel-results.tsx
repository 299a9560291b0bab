import type { Summary } from '../../../api/vocabulary.ts';
import { useReader } from '../../../frame/reader.tsx';
import { useSupplierNames } from '../../../frame/use-names.ts';
import { Panel } from '../../../parts/page.tsx';
import { RecordTable, type Column } from '../../../parts/record-table.tsx';
import { EmptyState } from '../../../parts/states.tsx';
import { wordFor } from '../../../text/text.ts';

type Row = Summary['channels'][number];

/** What each supplier of each channel did with the attempts it was given. */
export function ChannelResults({ channels }: { channels: readonly Row[] }) {
  const { text, format } = useReader();
  const words = text.effect;
  const nameOf = useSupplierNames();
  const count = (
    key: 'attempted' | 'sent' | 'delivered' | 'clicked' | 'failed' | 'uncertain',
  ): Column<Row> => ({
    key,
    title: words[key],
    numeric: true,
    render: (row) => format.integer(row[key] ?? undefined),
  });
  const columns: Column<Row>[] = [
    {
      key: 'supplier',
      title: words.supplier,
      phone: 'title',
      render: ({ supplier, supplierName }) =>
        supplierName && supplierName !== supplier ? supplierName : nameOf(supplier),
    },
    { key: 'channel', title: words.channel, render: ({ channel }) => wordFor(text.words.channel, channel) },
    count('attempted'),
    count('sent'),
    count('delivered'),
    {
      key: 'deliveredRate',
      title: words.deliveredRate,
      numeric: true,
      render: ({ sent, delivered }) =>
        // A channel without receipts has no delivery rate, rather than one of nought.
        format.percent(delivered !== null && sent > 0 ? delivered / sent : undefined),
    },
    count('clicked'),
    {
      key: 'clickRate',
      title: words.clickRate,
      numeric: true,
      render: ({ delivered, clicked }) => format.percent(delivered ? clicked / delivered : undefined),
    },
    count('failed'),
    count('uncertain'),
  ];
  return (
    <Panel title={words.channels} flush>
      <RecordTable
        label={words.channels}
        columns={columns}
        rows={channels}
        rowKey={({ channel, supplier }) => `${channel} ${supplier}`}
        empty={<EmptyState small title={text.state.none} />}
      />
    </Panel>
  );
}
