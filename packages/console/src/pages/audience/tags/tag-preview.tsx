import { useMemo } from 'react';
import { audienceApi, type EqlDocument } from '@wutong/contract';
import { useRead } from '../../../api/use-endpoint.ts';
import { usePaused } from '../../../eql/use-check.ts';
import { useReader } from '../../../frame/reader.tsx';
import { Panel } from '../../../parts/page.tsx';
import { Answer } from '../../../parts/states.tsx';
import { previewQuestion, type PreviewClass } from './preview-question.ts';
import styles from './tags.module.css';

interface TagPreviewProps {
  document: EqlDocument;
  valueType: string | undefined;
}

/** How many people would have each value, before anything is saved. */
export function TagPreview({ document, valueType }: TagPreviewProps) {
  const { text, format } = useReader();
  const words = text.tags;
  const nameOf = useClassName();
  const paused = usePaused(document);
  const question = useMemo(() => previewQuestion(paused, valueType), [paused, valueType]);
  const told = useRead(
    audienceApi.effectsOfEql,
    { body: { document: question?.document } },
    { enabled: question !== undefined, keepPrevious: true },
  );
  if (!question) return null;
  return (
    <Panel title={words.preview} definition={words.previewHint}>
      <Answer query={told} rows={3}>
        {({ conditions, total }) => {
          const byPlace = new Map(conditions.map(({ path, count }) => [path, count]));
          const classes = question.read((index) => byPlace.get(`where.items[${index}]`) ?? 0, total);
          const covered = classes
            .filter(({ of }) => of.kind !== 'none')
            .reduce((sum, { people }) => sum + people, 0);
          const widest = Math.max(1, ...classes.map(({ people }) => people));
          return (
            <div className={styles.preview} aria-live="polite">
              <p>
                {words.withValue} <b className="number">{format.integer(covered)}</b>{' '}
                <span className="faint">
                  {text.audience.countOf(
                    format.integer(total),
                    format.percent(total > 0 ? covered / total : undefined),
                  )}
                </span>
              </p>
              <ul>
                {classes.map(({ of, people }, index) => (
                  // Classes are told in their order and have no identity but their place.
                  <li key={index} data-none={of.kind === 'none'}>
                    <span title={nameOf(of)}>{nameOf(of)}</span>
                    <i aria-hidden="true">
                      <b style={{ width: `${(people / widest) * 100}%` }} />
                    </i>
                    <span className="number">{format.integer(people)}</span>
                  </li>
                ))}
              </ul>
            </div>
          );
        }}
      </Answer>
    </Panel>
  );
}

function useClassName(): (of: PreviewClass) => string {
  const { text, format } = useReader();
  const words = text.tags;
  return (of) => {
    switch (of.kind) {
      case 'tier':
        return of.label;
      case 'value':
        return words.withValue;
      case 'none':
        return words.noValue;
      case 'below':
        return words.belowOne;
      case 'from':
        if (of.to === undefined) return words.fromUp(format.compact(of.from));
        return words.fromTo(format.compact(of.from), format.compact(of.to));
      case 'days':
        if (of.to === undefined) return words.daysUp(String(of.from));
        return of.from === 0
          ? words.daysWithin(String(of.to))
          : words.daysFromTo(String(of.from), String(of.to));
    }
  };
}
