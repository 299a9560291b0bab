import { formatValue, type Value } from '@wutong/contract';
import { useText } from '../../frame/reader.tsx';
import { Definition } from '../../parts/page.tsx';
import { readComparison, withValue, writeComparison, type Comparison } from '../rule/comparison.ts';
import { readViewedField, viewsOf, writeViewedField, type FieldView } from '../rule/field-view.ts';
import { fieldAt, person, type Subject } from '../rule/names.ts';
import { typeOf, type ValueTyping } from '../rule/value-type.ts';
import { useRule } from '../rule-context.ts';
import { Choice } from './choice.tsx';
import { ComparisonPart } from './comparison-part.tsx';
import { fieldGroups, pathKey, segmentGroups, tagGroups } from './name-groups.ts';
import { NameSelect } from './name-select.tsx';
import { readValue } from './operand-field.tsx';
import type { RowProps } from './row.ts';
import { TextChip } from './text-chip.tsx';
import styles from './builder.module.css';

/** A value of the subject, an operator, what it is compared with. */
export function ComparisonRow({ condition, subject, onChange }: RowProps) {
  const { names } = useRule();
  const comparison = readComparison(condition);
  if (!comparison) return null;
  const typing = typeOf(names, subject, comparison.value);
  const putValue = (value: Value) => {
    const types = { before: typing?.type, after: typeOf(names, subject, value)?.type };
    onChange(writeComparison(withValue(comparison, value, types)));
  };
  return (
    <>
      <ValuePart value={comparison.value} subject={subject} typing={typing} onChange={putValue} />
      <ComparisonPart
        comparison={comparison}
        typing={typing}
        onChange={(changed) => onChange(writeComparison({ ...changed, value: comparison.value }))}
      />
      <PercentileHint comparison={comparison} />
    </>
  );
}

function PercentileHint({ comparison }: { comparison: Comparison }) {
  const { rule: words } = useText();
  return comparison.value.kind === 'percentile' ? <Definition text={words.percentileHint} /> : null;
}

interface ValuePartProps {
  value: Value;
  subject: Subject;
  typing: ValueTyping | undefined;
  onChange: (value: Value) => void;
}

/** The value a condition is about: an attribute in one of its views, a tag, days in a segment, or text. */
function ValuePart({ value, subject, typing, onChange }: ValuePartProps) {
  const { rule: words } = useText();
  const { names } = useRule();
  const viewed = readViewedField(value);
  if (viewed) return <FieldPart {...{ value, subject, typing, onChange }} />;
  if (value.kind === 'tag') {
    return (
      <>
        <span className={styles.said}>{words.tag}</span>
        <NameSelect
          label={words.pickTag}
          placeholder={words.pickTag}
          value={value.tag}
          groups={tagGroups(names, words)}
          onChange={(tag) => onChange({ kind: 'tag', tag })}
        />
      </>
    );
  }
  if (value.kind === 'daysIn') {
    return (
      <>
        <NameSelect
          label={words.pickSegment}
          placeholder={words.pickSegment}
          value={value.segment}
          groups={segmentGroups(names, words)}
          onChange={(segment) => onChange({ kind: 'daysIn', segment })}
        />
        <span className={styles.said}>{words.daysIn}</span>
      </>
    );
  }
  return (
    <TextChip text={formatValue(value)} hint={words.textValueHint} read={readValue} onChange={onChange} />
  );
}

/** An attribute of the person in one of its views, as a value by itself. */
export function AttributeValueField({ value, onChange }: { value: Value; onChange: (value: Value) => void }) {
  return <FieldPart value={value} subject={person} typing={undefined} onChange={onChange} />;
}

function FieldPart({ value, subject, onChange }: ValuePartProps) {
  const { rule: words } = useText();
  const { names } = useRule();
  const viewed = readViewedField(value) ?? { path: [], view: 'plain' as FieldView };
  const plain = typeOf(names, subject, { kind: 'attribute', path: viewed.path });
  const own = (fieldAt(names, subject, viewed.path)?.path.length ?? 2) === 1;
  const ofPopulation = (subject.kind === 'person' || subject.kind === 'entity') && own;
  const offered = viewsOf(plain?.type, ofPopulation);
  const views = offered.includes(viewed.view) ? offered : [viewed.view, ...offered];
  // The time of an event or a detail is known without being declared.
  const time = plain && !plain.field ? [{ value: pathKey(viewed.path), title: words.eventTime }] : [];
  return (
    <>
      <NameSelect
        label={words.pickField}
        placeholder={words.pickField}
        value={pathKey(viewed.path)}
        groups={[...fieldGroups(names, subject, words), { title: '', options: time }]}
        onChange={(key) => {
          const path = key.split('.');
          const type = typeOf(names, subject, { kind: 'attribute', path })?.type;
          const view = viewsOf(type, ofPopulation).includes(viewed.view) ? viewed.view : 'plain';
          onChange(writeViewedField({ path, view }));
        }}
      />
      {views.length > 1 && (
        <Choice
          quiet={viewed.view === 'plain'}
          label={words.viewLabel}
          value={viewed.view}
          options={views.map((view) => ({ value: view, label: words.view[view] }))}
          onChange={(view) => onChange(writeViewedField({ ...viewed, view }))}
        />
      )}
    </>
  );
}
