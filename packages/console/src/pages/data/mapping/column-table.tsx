import { Input, Select } from 'antd';
import { piiClasses, valueTypes, type Catalogue, type ValueType } from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import { RecordTable, type Column } from '../../../parts/record-table.tsx';
import { Chip } from '../../../parts/state-mark.tsx';
import { EmptyState } from '../../../parts/states.tsx';
import { wordFor } from '../../../text/text.ts';
import { ColumnNote } from './column-note.tsx';
import styles from './mapping.module.css';
import { ReadingSelect } from './reading-select.tsx';
import { typeOfUse, type ColumnPlan, type FieldPlan, type RecordPlan, type Use } from './record-plan.ts';
import { declaredFields, readingOf, type SampledColumn } from './suggest-plan.ts';
import { useColumnUses, writtenUse } from './use-column-uses.ts';
import { ValueMapButton } from './value-map-button.tsx';
import { mayMapValues } from './value-map.ts';
import { dateSteps, readSample, telling } from './value-shape.ts';
import { wideList } from '../../../parts/wide-list.ts';

interface ColumnTableProps {
  plan: RecordPlan;
  columns: readonly SampledColumn[];
  catalogue: Catalogue | undefined;
  keyTypes: readonly string[];
  /** Why the server refused what is said of a column, by its name. */
  refusals?: ReadonlyMap<string, string> | undefined;
  onChange: (plan: RecordPlan) => void;
}

interface Row {
  index: number;
  planned: ColumnPlan;
  sampled: SampledColumn;
}

const SAMPLES_SHOWN = 3;

/** Every column with examples, what it is used as, and whether the examples fit. */
export function ColumnTable(props: ColumnTableProps) {
  const { plan, columns, catalogue, keyTypes, refusals, onChange } = props;
  const { text } = useReader();
  const words = text.imports.mapping;
  const uses = useColumnUses(plan, declaredFields(plan, catalogue), keyTypes);
  const rows = plan.columns.flatMap((planned, index): Row[] => {
    const sampled = columns[index];
    return sampled ? [{ index, planned, sampled }] : [];
  });
  const set = (index: number, use: Use) =>
    onChange({
      ...plan,
      columns: plan.columns.map((each, position) =>
        position === index
          ? isRead(each.use, use)
            ? { ...each, use }
            : { column: each.column, use, ...readingOf(use, columns[position]?.samples ?? []) }
          : // A part takes one column: the one that had it before is free again.
            isSame(each.use, use)
            ? { column: each.column, use: { as: 'ignore' }, steps: [] }
            : each,
      ),
    });
  const chooseSteps = (index: number, steps: ColumnPlan['steps']) =>
    onChange({
      ...plan,
      columns: plan.columns.map((each, position) => (position === index ? { ...each, steps } : each)),
    });
  const table: Column<Row>[] = [
    {
      key: 'column',
      title: words.column,
      phone: 'title',
      width: '26%',
      render: ({ sampled }) => (
        <>
          <b>{sampled.name}</b>
          <div className={styles.samples}>
            {telling(sampled.samples).slice(0, SAMPLES_SHOWN).join(text.punctuation.comma) || '–'}
          </div>
        </>
      ),
    },
    {
      key: 'use',
      title: words.use,
      width: '26%',
      render: ({ index, planned, sampled }) => (
        <Select
          aria-label={`${sampled.name} ${words.use}`}
          className={styles.use}
          showSearch={{ optionFilterProp: 'label' }}
          popupMatchSelectWidth={260}
          value={writtenUse(planned.use)}
          options={uses.options}
          onChange={(value) => set(index, uses.read(value, sampled))}
          data-ignored={planned.use.as === 'ignore'}
          status={refusals?.has(sampled.name) ? 'error' : ''}
          aria-describedby={refusals?.has(sampled.name) ? `refused-${index}` : undefined}
        />
      ),
    },
    {
      key: 'details',
      title: words.details,
      render: ({ index, planned, sampled }) => (
        <div className={styles.details}>
          {planned.use.as === 'field' && (
            <FieldDetails
              field={planned.use.field}
              onChange={(field) => set(index, { as: 'field', field })}
            />
          )}
          {planned.orders ? (
            <Select
              aria-label={`${sampled.name} ${words.dateOrder}`}
              placeholder={words.dateOrder}
              status={planned.steps.length === 0 ? 'error' : ''}
              {...wideList}
              value={planned.steps.flatMap((step) => ('date' in step ? [step.date] : []))[0] ?? null}
              onChange={(pattern) => pattern && chooseSteps(index, dateSteps(pattern))}
              options={planned.orders.map((pattern) => ({
                value: pattern,
                label: words.dateOrders(
                  pattern.startsWith('D'),
                  telling(sampled.samples)[0] ?? '',
                  readSample(dateSteps(pattern), telling(sampled.samples)[0] ?? '') ?? '',
                ),
              }))}
            />
          ) : (
            <ReadingSelect
              planned={planned}
              type={typeOfUse(planned.use) ?? 'string'}
              samples={sampled.samples}
              onChange={(steps) => chooseSteps(index, steps)}
            />
          )}
          {mayMapValues(planned) && (
            <ValueMapButton
              name={sampled.name}
              type={typeOfUse(planned.use)}
              steps={planned.steps}
              samples={sampled.samples}
              onChange={(steps) => chooseSteps(index, steps)}
            />
          )}
          {refusals?.has(sampled.name) && (
            <small id={`refused-${index}`} role="alert" className={styles.refusal}>
              {refusals.get(sampled.name)}
            </small>
          )}
          <ColumnNote planned={planned} samples={sampled.samples} />
        </div>
      ),
    },
  ];
  return (
    <RecordTable
      label={text.imports.steps.mapping}
      columns={table}
      rows={rows}
      rowKey={({ index }) => index}
      empty={<EmptyState small title={text.imports.noRows} />}
    />
  );
}

/** Whether a column keeps how it is read: only what it is called changed. */
const isRead = (before: Use, after: Use): boolean =>
  before.as === 'field' && after.as === 'field' && before.field.valueType === after.field.valueType;

/** Whether two columns want the same single place. */
function isSame(left: Use, right: Use): boolean {
  if (left.as === 'ignore' || left.as === 'field' || left.as !== right.as) return false;
  return left.as !== 'key' || (right.as === 'key' && left.keyType === right.keyType);
}

/** A declared field shows what it is; a new one is named here. */
function FieldDetails({ field, onChange }: { field: FieldPlan; onChange: (field: FieldPlan) => void }) {
  const { text, language } = useReader();
  const words = text.imports.mapping;
  if (!field.isNew) {
    return (
      <span className="row">
        <Chip>{words.existing}</Chip>
        <span className="faint">
          {field.title[language]} · {wordFor(text.words.valueType, field.valueType)}
        </span>
      </span>
    );
  }
  return (
    <span className={styles.newField}>
      <Input
        aria-label={words.fieldTitle}
        value={field.title.zh}
        maxLength={100}
        onChange={({ target }) => {
          const en = field.title.en === field.title.zh ? target.value : field.title.en;
          onChange({ ...field, title: { zh: target.value, en } });
        }}
      />
      <Input
        className="mono"
        aria-label={words.fieldName}
        value={field.name}
        maxLength={100}
        onChange={({ target }) => onChange({ ...field, name: target.value })}
      />
      <Select<ValueType>
        aria-label={words.fieldType}
        value={field.valueType}
        {...wideList}
        onChange={(valueType) => onChange({ ...field, valueType })}
        options={valueTypes.map((value) => ({ value, label: wordFor(text.words.valueType, value) }))}
      />
      <Select
        aria-label={words.fieldPii}
        value={field.pii}
        {...wideList}
        onChange={(pii) => onChange({ ...field, pii })}
        options={piiClasses.map((value) => ({ value, label: words.pii[value] }))}
      />
    </span>
  );
}
