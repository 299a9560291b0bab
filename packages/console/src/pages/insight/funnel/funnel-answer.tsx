import { insightApi, type FunnelAnswer } from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import { EmptyState } from '../../../parts/states.tsx';
import { Stat, StatRow } from '../../../parts/stat.tsx';
import { Analysed } from '../analysed.tsx';
import type { AnswerViewProps } from '../answer-view.tsx';
import { bodyOf } from '../question/question.ts';
import { ConversionTimes } from './conversion-times.tsx';
import { FunnelColumns } from './funnel-columns.tsx';
import { FunnelGroups } from './funnel-groups.tsx';

type Props = AnswerViewProps<'funnel'>;

/** How many get how far. */
export default function FunnelAnswerView(props: Props) {
  return (
    <Analysed
      endpoint={insightApi.analyseFunnel}
      body={bodyOf(props.question)}
      tile={props.tile}
      refetchIntervalMs={props.refetchIntervalMs}
    >
      {(answer) => <FunnelBody {...props} answer={answer} />}
    </Analysed>
  );
}

function FunnelBody({ question, names, tile, heightPx, answer }: Props & { answer: FunnelAnswer }) {
  const { text, format } = useReader();
  const words = text.insight;
  const [first] = answer.steps;
  const last = answer.steps.at(-1);
  if (!first || !last || first.people === 0) {
    return <EmptyState title={words.nothing} hint={words.nothingHint} />;
  }
  const titles = question.steps.map((step) => names.shown(step));
  // The step that loses the largest share is where a meeting begins.
  const worst = answer.steps
    .slice(1)
    .map(({ stepRate }, index) => ({ stepRate, index: index + 1 }))
    .reduce((left, right) => (right.stepRate < left.stepRate ? right : left));
  return (
    <>
      {!tile && (
        <StatRow>
          <Stat label={words.wholeConversion} value={format.percent(last.rate, 2)} />
          <Stat label={words.began} value={format.compact(first.people)} />
          <Stat label={words.converted} value={format.compact(last.people)} />
          <Stat
            label={words.largestLoss}
            value={format.percent(1 - worst.stepRate)}
            note={`${titles[worst.index - 1]} → ${titles[worst.index]}`}
          />
          {answer.times && (
            <Stat label={words.medianTime} value={format.duration(answer.times.whole.medianMs)} />
          )}
        </StatRow>
      )}
      <FunnelColumns question={question} steps={answer.steps} titles={titles} heightPx={heightPx} />
      {answer.groups && <FunnelGroups question={question} groups={answer.groups} titles={titles} />}
      {!tile && answer.times && answer.times.whole.people > 0 && (
        <ConversionTimes times={answer.times} titles={titles} />
      )}
    </>
  );
}
