import { useText } from '../../frame/reader.tsx';
import {
  arityOf,
  emptyValue,
  operatorsFor,
  withOperator,
  type Comparison,
  type ComparisonName,
} from '../rule/comparison.ts';
import { usualWindow } from '../rule/new-condition.ts';
import type { ValueTyping } from '../rule/value-type.ts';
import { Choice } from './choice.tsx';
import { OperandField, OperandList } from './operand-field.tsx';
import { WindowField } from './window-field.tsx';

type Compared = Omit<Comparison, 'value'>;

interface ComparisonPartProps {
  comparison: Compared;
  typing: ValueTyping | undefined;
  onChange: (comparison: Compared) => void;
}

/** Operator and operands: the second half of a condition's sentence. */
export function ComparisonPart({ comparison, typing, onChange }: ComparisonPartProps) {
  const { rule: words } = useText();
  const { operator, operands } = comparison;
  const usual = operatorsFor(typing?.type ?? 'text', typing?.field?.encrypted);
  // An operator that is unusual for the type was written as text; it stays until it is changed.
  const offered = usual.includes(operator) ? usual : [operator, ...usual];
  const ofTime = typing?.type === 'date' || typing?.type === 'instant';
  const wordOf = (name: ComparisonName): string =>
    (ofTime && (words.dateOperator as Partial<Record<ComparisonName, string>>)[name]) || words.operator[name];
  const put = (index: number, operand: Comparison['operands'][number]) =>
    onChange({ ...comparison, operands: operands.toSpliced(index, 1, operand) });
  const arity = arityOf(operator);
  return (
    <>
      <Choice
        label={words.operatorLabel}
        value={operator}
        options={offered.map((name) => ({ value: name, label: wordOf(name) }))}
        onChange={(next) => {
          const { value: _value, ...changed } = withOperator({ ...comparison, value: emptyValue }, next);
          onChange(changed);
        }}
      />
      {arity === 'many' && (
        <OperandList
          values={operands}
          typing={typing}
          onChange={(values) => onChange({ ...comparison, operands: values })}
        />
      )}
      {arity === 'window' && (
        <WindowField
          value={comparison.window ?? usualWindow}
          onChange={(window) => onChange({ ...comparison, window })}
        />
      )}
      {(arity === 1 || arity === 2) && (
        <OperandField
          value={operands[0] ?? emptyValue}
          typing={typing}
          onChange={(operand) => put(0, operand)}
        />
      )}
      {arity === 2 && (
        <>
          <span className="faint">{words.and}</span>
          <OperandField
            value={operands[1] ?? emptyValue}
            typing={typing}
            onChange={(operand) => put(1, operand)}
          />
        </>
      )}
    </>
  );
}
