import { insightApi, type ResponseOf } from '@wutong/contract';
import type { Comparison } from '../../../api/vocabulary.ts';
import { useReader } from '../../../frame/reader.tsx';
import { useEventTitles } from '../../../frame/use-event-titles.ts';
import { IntervalPlot } from '../../../parts/interval-plot.tsx';
import { Definition, Panel } from '../../../parts/page.tsx';
import styles from './effect.module.css';

type Report = ResponseOf<typeof insightApi.readStrategyEffect>;
type Verdict = 'up' | 'down' | 'open' | 'early';

/** Fewer people than this on either side are no basis for a sentence. */
const FEWEST = 30;

function verdictOf({ treated, holdout, low, high }: Comparison): Verdict {
  if (treated.people < FEWEST || holdout.people < FEWEST) return 'early';
  return low > 0 ? 'up' : high < 0 ? 'down' : 'open';
}

/** The answer in one glance: did it work, by how much, how sure are we. */
export function Headline({ report }: { report: Report }) {
  const { text, format } = useReader();
  const words = text.effect;
  const titles = useEventTitles();
  const { goal, running } = report.summary;
  const verdict = verdictOf(goal);
  const extra = Math.round(goal.difference * goal.treated.people);
  const widest = Math.max(goal.treated.rate, goal.holdout.rate, 1e-9);
  return (
    <Panel>
      <div className={styles.headline}>
        <div>
          <p className={styles.verdict} data-verdict={verdict}>
            {words.verdict[verdict]}
          </p>
          <p className="faint">{words.verdictHint[verdict]}</p>
          <p className={styles.big}>
            <span className="number">{format.points(goal.difference)}</span>
            <small>{words.points}</small>
            <Definition text={words.effectDefinition} />
          </p>
          <p className="soft number">
            {words.interval(format.points(goal.low), format.points(goal.high))} ·{' '}
            {words.p(format.pValue(goal.p))}
          </p>
          {verdict === 'up' && extra > 0 && <p className="soft">{words.extra(format.integer(extra))}</p>}
        </div>
        <div className={styles.sides}>
          {(['treated', 'holdout'] as const).map((side) => (
            <div key={side} className={styles.side} data-side={side}>
              <span>{words[side]}</span>
              <span className={styles.track} aria-hidden="true">
                <i style={{ width: `${(goal[side].rate / widest) * 100}%` }} />
              </span>
              <b className="number">{format.percent(goal[side].rate, 2)}</b>
              <small className="faint number">
                {words.convertedOf(format.integer(goal[side].converted), format.integer(goal[side].people))}
              </small>
            </div>
          ))}
          <IntervalPlot
            effects={[
              { name: words.difference, difference: goal.difference, low: goal.low, high: goal.high },
            ]}
            zeroLabel={words.zero}
          />
        </div>
      </div>
      <p className={styles.foot}>
        {words.goal}: {titles.event(report.goalTitle)}
        {report.enteredFrom &&
          ` · ${words.period(format.shortTime(report.enteredFrom), format.shortTime(report.enteredTo))}`}
        {` · ${words.asOf(format.dateTime(report.asOf))}`}
        {running > 0 && ` · ${words.running(format.integer(running))}`}
      </p>
    </Panel>
  );
}
