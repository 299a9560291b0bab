import type { Summary } from '../../../api/vocabulary.ts';
import { Tooltip } from 'antd';
import { useReader } from '../../../frame/reader.tsx';
import { useSupplierNames } from '../../../frame/use-names.ts';
import { Definition, Panel } from '../../../parts/page.tsx';
import { RecordTable, type Column } from '../../../parts/record-table.tsx';
import { EmptyState } from '../../../parts/states.tsx';
import { wordFor } from '../../../text/text.ts';
import { clickRateOf } from './click-rate.ts';

type Row = Summary['channels'][number];

/** What each supplier of each channel did with the attempts it was given. */
export function ChannelResults({ channels }: { channels: readonly Row[] }) {
  const { text, format } = useReader();
  const words = text.effect;
  const nameOf = useSupplierNames();
  const count = (key: 'attempted' | 'sent' | 'clicked' | 'failed' | 'uncertain'): Column<Row> => ({
    key,
    title: words[key],
    numeric: true,
    render: (row) => format.integer(row[key]),
  });
  // A channel without receipts has no deliveries to count, rather than none.
  const noReceipts = (
    <Tooltip title={words.noReceipts}>
      <span className="faint" tabIndex={0} aria-label={words.noReceipts}>
        –
      </span>
    </Tooltip>
  );
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
    {
      key: 'delivered',
      title: words.delivered,
      numeric: true,
      render: ({ delivered }) => (delivered === null ? noReceipts : format.integer(delivered)),
    },
    {
      key: 'deliveredRate',
      title: words.deliveredRate,
      numeric: true,
      render: ({ sent, delivered }) =>
        delivered === null ? noReceipts : format.percent(sent > 0 ? delivered / sent : undefined),
    },
    count('clicked'),
    {
      key: 'clickRate',
      title: (
        <>
          {words.clickRate} <Definition text={words.clickRateHint} />
        </>
      ),
      numeric: true,
      render: (row) => format.percent(clickRateOf([row])),
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
