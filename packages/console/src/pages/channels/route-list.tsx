import { hubApi, type ResponseOf } from '@wutong/contract';
import type { Route } from '../../api/vocabulary.ts';
import { useRead } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { Panel } from '../../parts/page.tsx';
import { RecordTable, type Column } from '../../parts/record-table.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { Answer, EmptyState } from '../../parts/states.tsx';
import { wordFor } from '../../text/text.ts';
import styles from './suppliers.module.css';

type Suppliers = ResponseOf<typeof hubApi.listSuppliers>['items'];

/** Routes in the order in which they are tried. */
export function RouteList({ suppliers }: { suppliers: Suppliers }) {
  const { text, format } = useReader();
  const words = text.suppliers;
  const routes = useRead(hubApi.listRoutes);
  const nameOf = (supplierId: string) =>
    suppliers.find((each) => each.supplierId === supplierId)?.name ?? supplierId;
  const columns: Column<Route>[] = [
    { key: 'name', title: words.route, phone: 'title', render: ({ name }) => name },
    { key: 'channel', title: words.channel, render: ({ channel }) => wordFor(text.words.channel, channel) },
    {
      key: 'purposes',
      title: words.purposes,
      render: ({ purposes }) =>
        purposes.length === 0
          ? words.anyPurpose
          : purposes.map((each) => wordFor(text.words.purpose, each)).join(text.punctuation.comma),
    },
    {
      key: 'prefixes',
      title: words.prefixes,
      render: ({ prefixes }) =>
        prefixes.length === 0 ? words.anyPrefix : prefixes.join(text.punctuation.comma),
    },
    {
      key: 'shares',
      title: words.shares,
      render: ({ shares }) => {
        const total = shares.reduce((sum, { share }) => sum + share, 0);
        return (
          <span className={styles.shares}>
            {shares.map(({ supplierId, share }) => (
              <span key={supplierId}>
                {nameOf(supplierId)}{' '}
                <b className="number">
                  {share === 0 || total === 0 ? words.standby : format.percent(share / total, 0)}
                </b>
              </span>
            ))}
          </span>
        );
      },
    },
    {
      key: 'enabled',
      title: text.strategy.state,
      render: ({ enabled }) => (
        <StateMark tone={enabled ? 'good' : 'quiet'}>{enabled ? words.enabled : words.disabled}</StateMark>
      ),
    },
  ];
  return (
    <Panel title={words.routes} definition={words.routesDefinition} flush>
      <Answer query={routes}>
        {({ items }) => (
          <RecordTable
            label={words.routes}
            columns={columns}
            rows={items}
            rowKey={({ routeId }) => routeId}
            empty={<EmptyState small title={words.noRoutes} hint={words.noRoutesHint} />}
          />
        )}
      </Answer>
    </Panel>
  );
}
