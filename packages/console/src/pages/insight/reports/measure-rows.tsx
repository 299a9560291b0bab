import { Button, Select } from 'antd';
import { CloseOutlined, PlusOutlined } from '@ant-design/icons';
import { useReader } from '../../../frame/reader.tsx';
import questionStyles from '../question/question.module.css';
import type { Measure, Subject } from './report-choices.ts';
import type { ReportNames } from './use-report-names.ts';
import { wideList } from '../../../parts/wide-list.ts';
import styles from './report-form.module.css';

const MOST = 8;
const overNumber = ['sum', 'avg', 'min', 'max'] as const;

interface MeasureRowsProps {
  measures: readonly Measure[];
  subject: Subject;
  shown: ReportNames;
  onChange: (measures: Measure[]) => void;
}

/** What is measured: how many, and sums and the like over numbers. The first one orders the rows. */
export function MeasureRows({ measures, subject, shown, onChange }: MeasureRowsProps) {
  const { text } = useReader();
  const words = text.reports;
  const numbers = shown.numbers(subject);
  // Each person is one row of people: the two counts would be the same.
  const plain = subject.kind === 'people' ? (['people'] as const) : (['count', 'people'] as const);
  const change = (place: number, next: Measure) =>
    onChange(measures.map((each, index) => (index === place ? next : each)));
  const make = (kind: Measure['kind'], field: string | undefined): Measure | undefined => {
    if (kind === 'count' || kind === 'people') return { kind };
    const over = field ?? numbers[0]?.name;
    return over === undefined ? undefined : { kind, field: over };
  };
  const kindName = (kind: Measure['kind']) =>
    kind === 'count' ? words.counts[subject.kind] : words.measureKinds[kind];
  const fresh = (): Measure => {
    const unused = plain.find((kind) => !measures.some((each) => each.kind === kind));
    return (unused && make(unused, undefined)) ?? make('sum', undefined) ?? { kind: plain[0] };
  };
  return (
    <div className={questionStyles.events}>
      {measures.map((measure, place) => {
        const field = 'field' in measure ? measure.field : undefined;
        return (
          // A measure has no identity besides its place.
          <div key={place} className={styles.row}>
            <Select
              aria-label={words.measure}
              value={measure.kind}
              {...wideList}
              options={[
                ...plain.map((kind) => ({ value: kind as Measure['kind'], label: kindName(kind) })),
                ...overNumber.map((kind) => ({
                  value: kind as Measure['kind'],
                  label: kindName(kind),
                  disabled: numbers.length === 0,
                })),
              ]}
              onChange={(kind) => {
                const next = make(kind, field);
                if (next) change(place, next);
              }}
            />
            {field === undefined ? (
              <span />
            ) : (
              <Select
                aria-label={words.measureField}
                value={field}
                {...wideList}
                options={numbers.map(({ name, title }) => ({ value: name, label: title }))}
                onChange={(name) => 'field' in measure && change(place, { ...measure, field: name })}
              />
            )}
            <Button
              type="text"
              size="small"
              icon={<CloseOutlined />}
              aria-label={text.insight.remove}
              disabled={measures.length === 1}
              onClick={() => onChange(measures.filter((_, index) => index !== place))}
            />
          </div>
        );
      })}
      {measures.length < MOST && (
        <Button
          type="link"
          size="small"
          className={questionStyles.add}
          icon={<PlusOutlined />}
          onClick={() => onChange([...measures, fresh()])}
        >
          {words.addMeasure}
        </Button>
      )}
    </div>
  );
}
