import { useReader } from '../../../frame/reader.tsx';
import { Panel } from '../../../parts/page.tsx';
import { ValueName } from '../../../parts/value-name.tsx';
import type { Portrait } from './portrait.ts';
import { useAttributeTitles } from './use-attribute-titles.ts';
import styles from './portrait.module.css';

/** One attribute on both sides: shares of its values, or mean and median of a number. */
export function AttributeBars({ attribute }: { attribute: Portrait['attributes'][number] }) {
  const { text, format } = useReader();
  const words = text.audience.portrait;
  const titles = useAttributeTitles();
  const { values, numbers } = attribute;
  const highest = Math.max(0.01, ...values.flatMap(({ people, others }) => [people.share, others.share]));
  return (
    <Panel title={titles.title(attribute.attribute, attribute.title)}>
      {numbers && (
        <table className={styles.numbers}>
          <thead>
            <tr>
              <th />
              <th scope="col">{words.these}</th>
              <th scope="col">{words.those}</th>
            </tr>
          </thead>
          <tbody>
            {(['mean', 'median'] as const).map((measure) => (
              <tr key={measure}>
                <th scope="row">{words.measure[measure]}</th>
                <td className="number">{titles.amount(attribute.attribute, numbers.people[measure])}</td>
                <td className="number faint">
                  {titles.amount(attribute.attribute, numbers.others[measure])}
                </td>
              </tr>
            ))}
            <tr>
              <th scope="row">{words.known}</th>
              <td className="number">{format.integer(numbers.people.known)}</td>
              <td className="number faint">{format.integer(numbers.others.known)}</td>
            </tr>
          </tbody>
        </table>
      )}
      <ul className={styles.values}>
        {values.map(({ value, people, others, hidden }) => (
          <li key={value}>
            <span>
              {value === '' ? words.noValue : <ValueName attribute={attribute.attribute} value={value} />}
            </span>
            {hidden ? (
              <span className="faint">{words.hidden}</span>
            ) : (
              <>
                <span className={styles.bars} aria-hidden="true">
                  <i data-side="people" style={{ width: `${(people.share / highest) * 100}%` }} />
                  <i data-side="others" style={{ width: `${(others.share / highest) * 100}%` }} />
                </span>
                <span className={styles.figures}>
                  <b className="number">{format.percent(people.share)}</b>
                  <span className="faint number">{format.percent(others.share)}</span>
                </span>
              </>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
