import type { CSSProperties } from 'react';
import type { FunnelStep } from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import { DrillNumber } from '../drill/drill.tsx';
import type { QuestionOf } from '../question/question.ts';
import { funnelCell } from './funnel-cell.ts';
import styles from './funnel.module.css';

interface FunnelColumnsProps {
  question: QuestionOf<'funnel'>;
  steps: readonly FunnelStep[];
  titles: readonly string[];
  heightPx: number | undefined;
}

/** Steps as columns on one scale: what came through is full, what was lost since the step before is hatched. */
export function FunnelColumns({ question, steps, titles, heightPx = 250 }: FunnelColumnsProps) {
  const { text, format } = useReader();
  const words = text.insight;
  const first = Math.max(1, steps[0]?.people ?? 1);
  return (
    <ol className={styles.columns} style={{ '--height': `${heightPx}px` } as CSSProperties}>
      {steps.map(({ people, rate, stepRate }, index) => {
        const before = steps[index - 1]?.people ?? people;
        const lost = before - people;
        const next = steps[index + 1];
        const shares = { '--reached': people / first, '--lost': lost / first } as CSSProperties;
        const step = index + 1;
        return (
          <li key={step}>
            <p className={styles.title} title={titles[index]}>
              <span>{step}</span>
              {titles[index]}
            </p>
            <div className={styles.track} style={shares}>
              {lost > 0 && (
                <DrillNumber
                  of={funnelCell(question, step - 1, 'dropped')}
                  title={`${titles[index - 1]} → ${titles[index]} · ${words.lost} ${format.integer(lost)}`}
                  className={styles.lost}
                >
                  <i />
                </DrillNumber>
              )}
              <DrillNumber
                of={funnelCell(question, step, 'reached')}
                title={`${titles[index]} · ${format.integer(people)}`}
                className={styles.reached}
              >
                <i />
              </DrillNumber>
            </div>
            <p className={styles.numbers}>
              <b>
                <DrillNumber of={funnelCell(question, step, 'reached')} title={titles[index] ?? ''}>
                  {format.integer(people)}
                </DrillNumber>
              </b>
              <span>{format.percent(rate, rate < 0.1 ? 2 : 1)}</span>
            </p>
            {next && (
              <p className={styles.passage}>
                <em>{format.percent(next.stepRate)}</em>
                <small>
                  <DrillNumber
                    of={funnelCell(question, step, 'dropped')}
                    title={`${titles[index]} · ${words.lost}`}
                  >
                    {words.lostCount(format.integer(people - next.people))}
                  </DrillNumber>
                </small>
              </p>
            )}
            <span className="visually-hidden">
              {index > 0 && words.ofStepBefore(format.percent(stepRate))}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
