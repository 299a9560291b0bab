import { Select } from 'antd';
import type { ValueType } from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import type { ColumnPlan } from './record-plan.ts';
import { readingName, readingNames, withReading, type ReadingName } from './reading-choice.ts';
import { readSample, telling } from './value-shape.ts';
import { wideList } from '../../../parts/wide-list.ts';

interface ReadingSelectProps {
  planned: ColumnPlan;
  type: ValueType;
  samples: readonly string[];
  onChange: (steps: ColumnPlan['steps']) => void;
}

/** How the dates or numbers of a column are written; nothing where there is one way only. */
export function ReadingSelect({ planned, type, samples, onChange }: ReadingSelectProps) {
  const { text } = useReader();
  const words = text.imports.mapping;
  const names = readingNames(type, planned.steps, samples);
  if (names.length === 0) return null;
  const told = telling(samples);
  const label = (name: ReadingName): string =>
    name.startsWith('date ')
      ? words.byDate(name.slice(5))
      : words.readings[name as keyof typeof words.readings];
  const withExample = (name: ReadingName): string => {
    const steps = withReading([], name);
    const written = told.find((each) => readSample(steps, each) !== undefined);
    const pattern = label(name);
    return written === undefined
      ? pattern
      : `${pattern} (${words.readAs(written, readSample(steps, written)!)})`;
  };
  return (
    <Select<ReadingName>
      aria-label={`${planned.column} ${words.reading}`}
      style={{ width: '100%' }}
      showSearch={{ optionFilterProp: 'label' }}
      {...wideList}
      value={readingName(type, planned.steps)}
      // What the examples become stands below it.
      labelRender={({ value }) => label(value as ReadingName)}
      options={names.map((value) => ({ value, label: withExample(value) }))}
      onChange={(name) => onChange(withReading(planned.steps, name))}
    />
  );
}
