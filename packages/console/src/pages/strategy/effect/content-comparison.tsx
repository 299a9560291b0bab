import type { Summary } from '../../../api/vocabulary.ts';
import { useReader } from '../../../frame/reader.tsx';
import { IntervalPlot } from '../../../parts/interval-plot.tsx';
import { Panel } from '../../../parts/page.tsx';
import { EmptyState } from '../../../parts/states.tsx';
import styles from './effect.module.css';

/** Content variants side by side, and the second against the first with its interval. */
export function ContentComparison({ summary }: { summary: Summary }) {
  const { text, format } = useReader();
  const words = text.effect;
  const { contents, contentComparison } = summary;
  const [first, second] = contents;
  return (
    <Panel title={words.contents} definition={words.effectDefinition}>
      {contents.length === 0 && <EmptyState small title={text.state.none} />}
      <div className={styles.variants}>
        {contents.map(({ variant, people, converted, rate, clicked }) => (
          <div key={variant}>
            <b>{words.variant(variant)}</b>
            <dl className="number">
              <div>
                <dt>{words.variantPeople}</dt>
                <dd>{format.integer(people)}</dd>
              </div>
              <div>
                <dt>{words.converted}</dt>
                <dd>{format.integer(converted)}</dd>
              </div>
              <div>
                <dt>{words.rate}</dt>
                <dd>{format.percent(rate, 2)}</dd>
              </div>
              <div>
                <dt>{words.clickRate}</dt>
                <dd>{format.percent(people > 0 ? clicked / people : undefined)}</dd>
              </div>
            </dl>
          </div>
        ))}
      </div>
      {contentComparison && first && second && (
        <>
          <p className="soft">
            {words.contentDifference(words.variant(second.variant), words.variant(first.variant))}{' '}
            <b className="number">
              {format.points(contentComparison.difference)} {words.points}
            </b>{' '}
            <span className="faint number">{words.p(format.pValue(contentComparison.p))}</span>
          </p>
          <IntervalPlot effects={[{ name: words.contents, ...contentComparison }]} zeroLabel={words.zero} />
        </>
      )}
    </Panel>
  );
}
