import { useReader } from '../../../frame/reader.tsx';
import type { DrawnReport } from './drawn-report.ts';
import styles from './report.module.css';

/** The way from the top of the tree to the institution looked under; each step rolls up to itself. */
export function ReportPath({ drawn }: { drawn: DrawnReport }) {
  const { text } = useReader();
  const words = text.reports;
  const { answer, lookUnder } = drawn;
  if (answer.path.length === 0 || !lookUnder) return null;
  const steps: { value: string | undefined; title: string }[] = [
    { value: undefined, title: words.allInstitutions },
    ...answer.path,
  ];
  return (
    <nav className={styles.path} aria-label={words.rollUp}>
      {steps.map(({ value, title }, place) =>
        place === steps.length - 1 ? (
          <b key={value} aria-current="location">
            {title}
          </b>
        ) : (
          <button
            key={value ?? ''}
            type="button"
            title={`${words.rollUp} ${title}`}
            onClick={() => lookUnder(value)}
          >
            {title}
          </button>
        ),
      )}
    </nav>
  );
}
