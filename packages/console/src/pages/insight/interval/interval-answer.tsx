import { insightApi, type IntervalAnswer } from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import { EmptyState } from '../../../parts/states.tsx';
import { Stat, StatRow } from '../../../parts/stat.tsx';
import { Analysed } from '../analysed.tsx';
import type { AnswerViewProps } from '../answer-view.tsx';
import { Histogram } from '../chart/histogram.tsx';
import { useDurationBins } from '../chart/use-duration-bins.ts';
import { bodyOf } from '../question/question.ts';

type Props = AnswerViewProps<'interval'>;

/** How long it takes from one event to another. */
export default function IntervalAnswerView(props: Props) {
  return (
    <Analysed
      endpoint={insightApi.analyseInterval}
      body={bodyOf(props.question)}
      tile={props.tile}
      refetchIntervalMs={props.refetchIntervalMs}
    >
      {(answer) => <IntervalBody {...props} answer={answer} />}
    </Analysed>
  );
}

/** Where a duration lies among the bins, counted in bins from the left. */
function placeOf(histogram: IntervalAnswer['histogram'], durationMs: number): number {
  const index = histogram.findIndex(({ toMs }) => durationMs < toMs);
  const bin = histogram[index];
  return bin ? index + (durationMs - bin.fromMs) / (bin.toMs - bin.fromMs) : histogram.length;
}

function IntervalBody({ question, names, tile, heightPx, answer }: Props & { answer: IntervalAnswer }) {
  const { text, format } = useReader();
  const words = text.insight;
  const binsOf = useDurationBins();
  if (answer.pairs === 0) return <EmptyState title={words.nothing} hint={words.nothingHint} />;
  const bars = binsOf(
    answer.histogram.map(({ fromMs, toMs, pairs }) => ({
      fromMs,
      toMs,
      value: pairs,
      of: { kind: 'interval' as const, analysis: bodyOf(question), cell: { fromMs, toMs } },
    })),
  );
  const shown = answer.histogram.slice(0, bars.length);
  const { medianMs, p90Ms } = answer;
  // Two marks at one place are one.
  const marks =
    format.duration(medianMs) === format.duration(p90Ms)
      ? [{ ms: medianMs, name: [words.median, words.p90].join(text.punctuation.comma) }]
      : [
          { ms: medianMs, name: words.median },
          { ms: p90Ms, name: words.p90 },
        ];
  return (
    <>
      {!tile && (
        <StatRow>
          <Stat
            label={words.pairs}
            value={format.compact(answer.pairs)}
            note={words.personCount(format.compact(answer.people))}
          />
          <Stat label={words.median} value={format.duration(answer.medianMs)} />
          <Stat label={words.mean} value={format.duration(answer.meanMs)} />
          <Stat
            label={words.middleHalf}
            value={format.duration(answer.p25Ms)}
            note={words.upTo(format.duration(answer.p75Ms))}
            definition={words.middleHalfHint}
          />
          <Stat
            label={words.p90}
            value={format.duration(answer.p90Ms)}
            note={words.atMost(format.duration(answer.maxMs))}
            definition={words.p90Hint}
          />
        </StatRow>
      )}
      <Histogram
        label={`${names.shown(question.first)} → ${names.shown(question.next)}`}
        heightPx={heightPx}
        bars={bars}
        marks={marks.map(({ ms, name }) => ({
          at: placeOf(shown, ms),
          name: `${name} ${format.duration(ms)}`,
        }))}
      />
    </>
  );
}
