import { App, Button } from 'antd';
import { hubApi, type ResponseOf } from '@wutong/contract';
import { LIVE_MS, useRead, useWrite } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { useMay } from '../../frame/session.tsx';
import { Page, Panel } from '../../parts/page.tsx';
import { Chip, StateMark } from '../../parts/state-mark.tsx';
import { Answer, EmptyState } from '../../parts/states.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { wordFor } from '../../text/text.ts';
import { RouteList } from './route-list.tsx';
import styles from './suppliers.module.css';

type Supplier = ResponseOf<typeof hubApi.listSuppliers>['items'][number];

const MICROS_PER_YUAN = 1_000_000;

/** Suppliers with their health, and the routes that share messages among them. */
export default function SuppliersPage() {
  const { text } = useReader();
  const words = text.suppliers;
  const suppliers = useRead(hubApi.listSuppliers, undefined, { refetchIntervalMs: LIVE_MS * 2 });
  return (
    <Page title={words.title} numbers="bank" lead={words.lead}>
      <Answer query={suppliers} rows={8}>
        {({ items }) =>
          items.length === 0 ? (
            <Panel>
              <EmptyState title={words.none} hint={words.noneHint} />
            </Panel>
          ) : (
            <ul className={styles.cards} aria-label={words.suppliers}>
              {items.map((supplier) => (
                <li key={supplier.supplierId}>
                  <SupplierCard supplier={supplier} />
                </li>
              ))}
            </ul>
          )
        }
      </Answer>
      <RouteList suppliers={suppliers.data?.items ?? []} />
    </Page>
  );
}

function SupplierCard({ supplier }: { supplier: Supplier }) {
  const { text, format } = useReader();
  const words = text.suppliers;
  const { health, state } = supplier;
  const tone = state === 'paused' ? 'warn' : health.link === 'down' ? 'bad' : 'good';
  const finals = health.deliveredLastHour + health.failedLastHour;
  const numbers: [string, number][] = [
    [words.sent, health.sentLastHour],
    [words.delivered, health.deliveredLastHour],
    [words.failed, health.failedLastHour],
    [words.uncertain, health.uncertainLastHour],
    [words.pending, health.pending],
    [words.awaiting, health.awaitingReceipt],
  ];
  return (
    <article className={styles.card}>
      <header className="spread">
        <span className="row">
          <b>{supplier.name}</b>
          <Chip>
            {wordFor(text.words.channel, supplier.channel)} · {supplier.kind.toUpperCase().replace('_', ' ')}
          </Chip>
        </span>
        <StateMark tone={tone}>{state === 'paused' ? words.paused : words.link[health.link]}</StateMark>
      </header>
      <div className={styles.delivery}>
        <span className="faint">{words.lastHour}</span>
        <span className={styles.meter} aria-hidden="true">
          <i style={{ width: `${(health.deliveredLastHour / Math.max(1, finals)) * 100}%` }} />
        </span>
        <b className="number">{format.percent(finals > 0 ? health.deliveredLastHour / finals : undefined)}</b>
      </div>
      <dl className={styles.numbers}>
        {numbers.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="number">{format.compact(value)}</dd>
          </div>
        ))}
      </dl>
      <footer className="spread">
        <span className="faint">
          {words.rateValue(format.decimal(supplier.ratePerSecond))}
          {supplier.unitCostMicros > 0 &&
            ` · ¥${format.decimal(supplier.unitCostMicros / MICROS_PER_YUAN, 4)}`}
          {health.lastError && (
            <span className={styles.error} title={health.lastError}>
              {words.lastError} <TimeText at={health.lastErrorAt} />: {health.lastError}
            </span>
          )}
        </span>
        <PauseButton supplier={supplier} />
      </footer>
    </article>
  );
}

function PauseButton({ supplier }: { supplier: Supplier }) {
  const { text, format } = useReader();
  const words = text.suppliers;
  const may = useMay(hubApi.editSupplier);
  const { modal, message } = App.useApp();
  const edit = useWrite(hubApi.editSupplier, [hubApi.listSuppliers]);
  if (!may) return null;
  const set = (state: 'active' | 'paused') =>
    edit.mutate(
      { params: { supplierId: supplier.supplierId }, body: { state } },
      { onError: (error) => void message.error(error.message) },
    );
  const ask = () =>
    void modal.confirm({
      title: words.pause,
      content: words.pauseQuestion(supplier.name, format.integer(supplier.health.pending)),
      okText: words.pause,
      onOk: () => set('paused'),
    });
  const paused = supplier.state === 'paused';
  return (
    <Button size="small" loading={edit.isPending} onClick={paused ? () => set('active') : ask}>
      {paused ? words.resume : words.pause}
    </Button>
  );
}
