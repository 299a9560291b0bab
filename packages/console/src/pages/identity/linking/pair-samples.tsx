import { useState } from 'react';
import { Button, Segmented } from 'antd';
import { linkingApi } from '@wutong/contract';
import { useRead, useWrite } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { useMay } from '../../../frame/session.tsx';
import { Panel } from '../../../parts/page.tsx';
import { PurposeDialog } from '../../../parts/purpose-dialog.tsx';
import { Answer, EmptyState } from '../../../parts/states.tsx';
import { useUrlState } from '../../../parts/url-state.ts';
import { wordFor } from '../../../text/text.ts';
import styles from './linking.module.css';
import type { Thresholds } from './weight-bins.ts';

type Zone = 'link' | 'review' | 'drop';

const PAIRS_SHOWN = 6;

/** Some pairs of each zone side by side, with the evidence of each column. */
export function PairSamples({ runId, thresholds }: { runId: string; thresholds: Thresholds }) {
  const { text } = useReader();
  const words = text.linking.run;
  const [zone, setZone] = useUrlState('zone', 'review');
  const [opened, setOpened] = useState<{ key: string; items: linkingApi.LinkingPair[] }>();
  const [asking, setAsking] = useState(false);
  const mayOpen = useMay(linkingApi.openLinkingPairs);
  const range = { ...rangeOf(zone as Zone, thresholds), limit: PAIRS_SHOWN };
  const key = JSON.stringify(range);
  const pairs = useRead(
    linkingApi.sampleLinkingPairs,
    { params: { runId }, query: range },
    { keepPrevious: true },
  );
  const isOpen = opened?.key === key;
  return (
    <Panel
      title={words.samples}
      extra={
        <span className="row">
          {words.samplesLead}
          {mayOpen && (
            <Button size="small" onClick={() => (isOpen ? setOpened(undefined) : setAsking(true))}>
              {isOpen ? words.close : words.open}
            </Button>
          )}
        </span>
      }
    >
      <Segmented
        value={zone}
        onChange={setZone}
        options={(['link', 'review', 'drop'] as const).map((value) => ({ value, label: words.zones[value] }))}
      />
      <Answer query={pairs} rows={6}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState small title={words.noSamples} />
          ) : (
            <div className={styles.pairs}>
              {(isOpen ? opened.items : items).map((pair, index) => (
                // A fixed sample: pairs never move.
                <PairCard key={index} pair={pair} />
              ))}
            </div>
          )
        }
      </Answer>
      {asking && (
        <OpenPairsDialog
          runId={runId}
          range={range}
          onOpened={(items) => setOpened({ key, items })}
          onClose={() => setAsking(false)}
        />
      )}
    </Panel>
  );
}

function rangeOf(zone: Zone, { link, review }: Thresholds): { from: number; to: number } {
  if (zone === 'link') return { from: link, to: 200 };
  return zone === 'review' ? { from: review, to: link } : { from: -100, to: review };
}

function PairCard({ pair }: { pair: linkingApi.LinkingPair }) {
  const { text, format } = useReader();
  const words = text.linking.run;
  return (
    <article className={styles.pair}>
      <header>
        <b className="number">{format.percent(pair.probability, 1)}</b>
        <span className="faint">{text.linking.thresholds.weight(format.decimal(pair.weight, 1))}</span>
        <span className="mono faint">
          {pair.left} ↔ {pair.right}
        </span>
      </header>
      <table>
        <thead>
          <tr>
            <th scope="col">{words.field}</th>
            <th scope="col">{words.left}</th>
            <th scope="col">{words.right}</th>
            <th scope="col">{words.level}</th>
            <th scope="col" className="visually-hidden">
              {words.support}
            </th>
          </tr>
        </thead>
        <tbody>
          {pair.evidence.map(({ column, level, weight, left, right }) => (
            <tr key={column}>
              <th scope="row">{wordFor(text.words.property, column)}</th>
              <td>{left || <span className="faint">–</span>}</td>
              <td>{right || <span className="faint">–</span>}</td>
              <td className={styles.level}>{wordFor(text.linking.levels, level)}</td>
              <td className={styles.weight} data-against={weight < 0}>
                {weight > 0 ? '+' : ''}
                {format.decimal(weight, 1)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </article>
  );
}

interface OpenPairsDialogProps {
  runId: string;
  range: { from: number; to: number; limit: number };
  onOpened: (items: linkingApi.LinkingPair[]) => void;
  onClose: () => void;
}

function OpenPairsDialog({ runId, range, onOpened, onClose }: OpenPairsDialogProps) {
  const open = useWrite(linkingApi.openLinkingPairs, []);
  const submit = async (purpose: string) => {
    const { items } = await open.mutateAsync({ params: { runId }, body: { ...range, purpose } });
    onOpened(items);
  };
  return <PurposeDialog pending={open.isPending} error={open.error} onSubmit={submit} onClose={onClose} />;
}
