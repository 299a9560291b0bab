import type { AnalysisCell } from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import type { HistogramBar } from './histogram.tsx';

interface DurationBin {
  fromMs: number;
  toMs: number | null;
  value: number;
  of?: AnalysisCell;
}

/** Bins of time as bars, named by their ends; empty ones at the far end are left out. */
export function useDurationBins(): (bins: readonly DurationBin[]) => HistogramBar[] {
  const { text, format } = useReader();
  const words = text.insight;
  return (bins) => {
    const last = bins.findLastIndex(({ value }) => value > 0);
    return bins.slice(0, Math.max(last + 1, 1)).map(({ fromMs, toMs, value, of }) => ({
      key: String(fromMs),
      name:
        toMs === null
          ? words.longerThan(format.duration(fromMs))
          : toMs <= 1
            ? words.atOnce
            : fromMs === 0
              ? words.shorterThan(format.duration(toMs))
              : words.upTo(format.duration(toMs)),
      value,
      of,
    }));
  };
}
