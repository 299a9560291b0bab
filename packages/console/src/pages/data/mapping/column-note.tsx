import { useReader } from '../../../frame/reader.tsx';
import { wordFor } from '../../../text/text.ts';
import type { ColumnPlan } from './record-plan.ts';
import { countMisfits, readSample, telling } from './value-shape.ts';

/** How the texts of a column are read, and whether the examples fit. */
export function ColumnNote({ planned, samples }: { planned: ColumnPlan; samples: readonly string[] }) {
  const { text, format } = useReader();
  const words = text.imports.mapping;
  const { use, steps } = planned;
  const timed = use.as === 'time' || use.as === 'validFrom' || use.as === 'validTo';
  const type = use.as === 'field' ? use.field.valueType : timed ? 'datetime' : undefined;
  const notes = steps.flatMap((step) => {
    if ('date' in step) return [words.byDate(step.date)];
    if ('excelDate' in step) return [words.byExcelDate];
    if ('boolean' in step) return [words.byFlag];
    if ('number' in step) return [type === 'datetime' ? words.bySeconds : words.byNumber];
    return 'split' in step ? [words.bySeparator(step.split)] : [];
  });
  const told = telling(samples);
  const example = told.find((each) => readSample(steps, each) !== undefined);
  if (example !== undefined) notes.push(words.readAs(example, readSample(steps, example)!));
  const wrong = type ? countMisfits(type, steps, samples) : 0;
  return (
    <>
      {notes.length > 0 && <small className="faint">{notes.join(text.punctuation.comma)}</small>}
      {wrong > 0 && type && told.length > 0 && (
        <small style={{ color: 'var(--red)' }}>
          {words.misfits(
            format.integer(wrong),
            format.integer(samples.filter((each) => each.trim() !== '').length),
            wordFor(text.words.valueType, type),
          )}
        </small>
      )}
    </>
  );
}
