import { InputNumber } from 'antd';
import type { EqlDocument, EventSource, Value } from '@wutong/contract';
import { Choice } from '../../../eql/builder/choice.tsx';
import { EventPart } from '../../../eql/builder/event-part.tsx';
import { fieldGroups } from '../../../eql/builder/name-groups.ts';
import { NameSelect } from '../../../eql/builder/name-select.tsx';
import { WindowField } from '../../../eql/builder/window-field.tsx';
import { fieldsOf } from '../../../eql/rule/names.ts';
import { useRule } from '../../../eql/rule-context.ts';
import { useText } from '../../../frame/reader.tsx';
import styles from './tags.module.css';

type TopValue = Extract<Value, { kind: 'top' }>;
type DistributionValue = Extract<Value, { kind: 'distribution' }>;
export type RecencyDocument = Extract<EqlDocument, { kind: 'rfm' }>;

interface SourceLineProps {
  source: EventSource;
  /** Whether the tag is of one property of the event, which is then chosen here. */
  ofProperty: boolean;
  onChange: (source: EventSource) => void;
}

/** Which events, when, and which of their properties. */
function SourceLine({ source, ofProperty, onChange }: SourceLineProps) {
  const { rule: words, tags } = useText();
  const { names } = useRule();
  return (
    <div className={styles.sentence}>
      <WindowField
        optional
        value={source.window}
        onChange={(window) => {
          const { window: _former, ...rest } = source;
          onChange(window ? { ...rest, window } : rest);
        }}
      />
      <EventPart source={source} onChange={onChange}>
        {ofProperty && (
          <NameSelect
            label={tags.property}
            placeholder={tags.property}
            value={source.property}
            groups={fieldGroups(
              names,
              { kind: 'event', event: source.event },
              words,
              ({ type }) => type === 'text',
            )}
            onChange={(property) => onChange({ ...source, property })}
          />
        )}
      </EventPart>
    </div>
  );
}

/** The values that occur most often, or bring most. */
export function TopEditor({ value, onChange }: { value: TopValue; onChange: (value: Value) => void }) {
  const { tags: words } = useText();
  const { names } = useRule();
  const amounts = fieldsOf(names, { kind: 'event', event: value.source.event }).filter(
    ({ type }) => type === 'number',
  );
  const by = value.by.function === 'count' ? '' : (value.by.property ?? '');
  return (
    <div className={styles.fields}>
      <SourceLine ofProperty source={value.source} onChange={(source) => onChange({ ...value, source })} />
      <label>
        <span>{words.topAmount}</span>
        <InputNumber
          min={1}
          max={100}
          precision={0}
          value={value.amount}
          onChange={(amount) => onChange({ ...value, amount: amount ?? 1 })}
        />
      </label>
      <label>
        <span>{words.topBy}</span>
        <Choice
          label={words.topBy}
          value={by}
          options={[
            { value: '', label: words.byCount },
            ...amounts.map(({ name, title }) => ({ value: name, label: words.bySum(title) })),
          ]}
          onChange={(property) =>
            onChange({
              ...value,
              by: property === '' ? { function: 'count' } : { function: 'sum', property },
            })
          }
        />
      </label>
    </div>
  );
}

/** The share of each value of a property. */
export function DistributionEditor(props: { value: DistributionValue; onChange: (value: Value) => void }) {
  const { value, onChange } = props;
  return (
    <SourceLine ofProperty source={value.source} onChange={(source) => onChange({ ...value, source })} />
  );
}

interface RecencyEditorProps {
  document: RecencyDocument;
  onChange: (document: RecencyDocument) => void;
}

/** How recent, how often, how much: the event, its amount, and how many scores. */
export function RecencyEditor({ document, onChange }: RecencyEditorProps) {
  const { tags: words, rule } = useText();
  const { names } = useRule();
  const { source, value, buckets } = document;
  return (
    <div className={styles.fields}>
      <SourceLine
        ofProperty={false}
        source={source}
        onChange={(changed) =>
          onChange({ ...document, source: changed, value: changed.event === source.event ? value : '' })
        }
      />
      <label>
        <span>{words.amount}</span>
        <NameSelect
          label={words.amount}
          placeholder={words.amount}
          value={value}
          groups={fieldGroups(
            names,
            { kind: 'event', event: source.event },
            rule,
            ({ type }) => type === 'number',
          )}
          onChange={(property) => onChange({ ...document, value: property })}
        />
      </label>
      <label>
        <span>{words.buckets}</span>
        <InputNumber
          min={2}
          max={10}
          precision={0}
          value={buckets}
          onChange={(next) => onChange({ ...document, buckets: next ?? 5 })}
        />
      </label>
    </div>
  );
}
