import type { ReactNode } from 'react';
import { Slider } from 'antd';
import type { linkingApi } from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import { Panel } from '../../../parts/page.tsx';
import { EmptyState } from '../../../parts/states.tsx';
import styles from './linking.module.css';
import { WeightChart } from './weight-chart.tsx';
import {
  LEAST_THRESHOLD,
  MOST_THRESHOLD,
  probabilityOf,
  THRESHOLD_STEP,
  zonesOf,
  type Thresholds,
  type Zone,
} from './weight-bins.ts';

interface ThresholdPanelProps {
  bins: readonly linkingApi.WeightBin[];
  thresholds: Thresholds;
  onChange?: (thresholds: Thresholds) => void;
  /** Counts are scaled from a sample. */
  estimated?: boolean;
  note?: ReactNode;
  actions?: ReactNode;
}

/** The histogram with its two thresholds: what falls where is read off while they move. */
export function ThresholdPanel({
  bins,
  thresholds,
  onChange,
  estimated,
  note,
  actions,
}: ThresholdPanelProps) {
  const { text, format } = useReader();
  const words = text.linking.thresholds;
  const zones = zonesOf(bins, thresholds);
  const count = (pairs: number): string =>
    estimated ? words.about(format.compact(pairs)) : words.pairs(format.integer(pairs));
  const doubt = (zone: Zone, inZone: 'link' | 'other'): string | undefined => {
    const doubtful = inZone === 'link' ? zone.pairs - zone.expected : zone.expected;
    if (doubtful < 0.5) return undefined;
    const shown = format.integer(Math.max(1, Math.round(doubtful)));
    return inZone === 'link' ? words.wrong(shown) : words.missed(shown);
  };
  if (bins.length === 0) {
    return (
      <Panel title={words.title}>
        <EmptyState title={words.none} hint={words.noneHint} />
      </Panel>
    );
  }
  return (
    <Panel title={words.title} definition={words.definition} extra={note}>
      <WeightChart bins={bins} thresholds={thresholds} />
      <div className={styles.sliders}>
        {(['review', 'link'] as const).map((which) => (
          <div key={which} className={styles.slider} data-zone={which}>
            <span id={`threshold-${which}`}>{words[which]}</span>
            <Slider
              min={LEAST_THRESHOLD}
              max={MOST_THRESHOLD}
              step={THRESHOLD_STEP}
              value={thresholds[which]}
              disabled={!onChange}
              ariaLabelledByForHandle={`threshold-${which}`}
              tooltip={{ formatter: (weight) => format.percent(probabilityOf(weight ?? 0), 3) }}
              onChange={(weight) =>
                onChange?.(
                  which === 'link'
                    ? { link: weight, review: Math.min(weight, thresholds.review) }
                    : { review: weight, link: Math.max(weight, thresholds.link) },
                )
              }
            />
            <b className="number">{format.percent(probabilityOf(thresholds[which]), 3)}</b>
          </div>
        ))}
      </div>
      <dl className={styles.zones}>
        <div data-zone="link">
          <dt>{words.above}</dt>
          <dd>{count(zones.link.pairs)}</dd>
          <dd className="faint">{doubt(zones.link, 'link')}</dd>
        </div>
        <div data-zone="review">
          <dt>{words.between}</dt>
          <dd>{count(zones.review.pairs)}</dd>
          <dd className="faint">{doubt(zones.review, 'other')}</dd>
        </div>
        <div data-zone="drop">
          <dt>{words.below}</dt>
          <dd>{count(zones.drop.pairs)}</dd>
          <dd className="faint">{doubt(zones.drop, 'other')}</dd>
        </div>
      </dl>
      {actions && (
        <div className={styles.actions}>
          {actions}
          <span className="faint">{words.grouped}</span>
        </div>
      )}
    </Panel>
  );
}
