import type { TransformStep } from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import { wordFor } from '../../../text/text.ts';
import { typeOfUse, type ColumnPlan } from './record-plan.ts';
import { countMisfits, readSample, telling } from './value-shape.ts';

/** Steps that mappings written by hand may have and the form does not show. */
const isOther = (step: TransformStep): boolean =>
  !['date', 'excelDate', 'number', 'boolean', 'split', 'map'].some((each) => each in step);

/** How the texts of a column are read, and whether the examples fit. */
export function ColumnNote({ planned, samples }: { planned: ColumnPlan; samples: readonly string[] }) {
  const { text, format } = useReader();
  const words = text.imports.mapping;
  const { use, steps, orders } = planned;
  const type = typeOfUse(use);
  const notes = steps.flatMap((step) => {
    if ('boolean' in step) return [words.byFlag];
    return 'split' in step ? [words.bySeparator(step.split)] : [];
  });
  if (steps.some(isOther)) notes.push(words.otherSteps);
  const told = telling(samples);
  const example = told.find((each) => readSample(steps, each) !== undefined);
  if (example !== undefined) notes.push(words.readAs(example, readSample(steps, example)!));
  // Dates whose order is still asked for are dates: only how to read them is open.
  const asksForOrder = orders !== undefined && steps.length === 0;
  const wrong = type && !asksForOrder ? countMisfits(type, steps, samples) : 0;
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
