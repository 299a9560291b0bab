import { useReader } from '../../../frame/reader.tsx';
import { ValueName } from '../../../parts/value-name.tsx';
import type { Portrait } from './portrait.ts';
import { useAttributeTitles } from './use-attribute-titles.ts';
import styles from './portrait.module.css';

const MOST = 14;

/** What sets these people apart, the largest difference first: one sentence and two bars each. */
export function DifferenceList({ portrait }: { portrait: Portrait }) {
  const { text, format } = useReader();
  const words = text.audience.portrait;
  const titles = useAttributeTitles();
  return (
    <ol className={styles.differences}>
      {portrait.differences.slice(0, MOST).map((difference) => {
        const { attribute, title, measure, value, people, others, p } = difference;
        const isShare = measure === 'share';
        const shown = (side: number) => (isShare ? format.percent(side) : titles.amount(attribute, side));
        const scale = Math.max(Math.abs(people), Math.abs(others), Number.MIN_VALUE);
        const name = titles.title(attribute, title);
        const times = others > 0 && people > 0 ? people / others : undefined;
        return (
          <li key={`${attribute} ${value ?? ''}`}>
            <span className={styles.said}>
              {isShare ? (
                <>
                  {name} ·{' '}
                  {value === '' ? words.noValue : <ValueName attribute={attribute} value={value ?? ''} />}
                </>
              ) : (
                words.ofNumber(name, words.measure[measure].toLowerCase())
              )}
              <small className="faint" title={`p ${format.pValue(p)}`}>
                {sizeOf(difference.effect, words.size)}
              </small>
            </span>
            <span className={styles.bars} aria-hidden="true">
              <i data-side="people" style={{ width: `${(Math.abs(people) / scale) * 100}%` }} />
              <i data-side="others" style={{ width: `${(Math.abs(others) / scale) * 100}%` }} />
            </span>
            <span className={styles.figures}>
              <b className="number">{shown(people)}</b>
              <span className="faint number">{shown(others)}</span>
            </span>
            <span className={styles.times} data-up={people > others}>
              {times === undefined
                ? isShare && (people > others ? words.only : words.nobody)
                : times >= 1
                  ? words.more(format.decimal(times, 1))
                  : words.less(format.percent(1 - times, 0))}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

/** Cohen's words for an effect of this size. */
function sizeOf(effect: number, words: { large: string; medium: string; small: string }): string {
  const size = Math.abs(effect);
  return size >= 0.8 ? words.large : size >= 0.5 ? words.medium : words.small;
}
