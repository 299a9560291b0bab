import { useReader } from '../../frame/reader.tsx';
import { Definition, Panel } from '../../parts/page.tsx';
import { Failure } from '../../parts/states.tsx';
import styles from './eql-editor.module.css';
import type { EqlCheck } from './use-eql-check.ts';

/** How many fit, and what each condition does to that number. */
export function LiveCount({ check }: { check: EqlCheck }) {
  const { text, format } = useReader();
  const words = text.audience;
  const { count, countError } = check;
  if (countError) return <Failure error={countError} />;
  return (
    <Panel>
      <div className={styles.live} aria-live="polite">
        <div>
          <p className="faint">{words.count}</p>
          <p className={`${styles.big} number`}>{format.integer(count?.count)}</p>
          {count && (
            <p className="faint">
              {words.countOf(
                format.integer(count.total),
                format.percent(count.total > 0 ? count.count / count.total : undefined),
              )}
              {' · '}
              {words.took(format.integer(count.tookMs))}
              {count.withoutValue > 0 && (
                <>
                  <br />
                  {words.withoutValue(format.integer(count.withoutValue))}
                </>
              )}
            </p>
          )}
        </div>
        {count?.conditions && count.conditions.length > 1 && (
          <table className={styles.conditions}>
            <thead>
              <tr>
                <th scope="col">
                  {words.conditions} <Definition text={words.conditionsDefinition} />
                </th>
                <th scope="col">{words.alone}</th>
                <th scope="col">{words.removes}</th>
              </tr>
            </thead>
            <tbody>
              {count.conditions.map((condition) => (
                <tr key={condition.text}>
                  <td>
                    <code>{condition.text}</code>
                  </td>
                  <td>{format.integer(condition.count)}</td>
                  <td>{format.integer(condition.removes)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
    </Panel>
  );
}
