import { Button, Checkbox } from 'antd';
import { CloseOutlined, PlusOutlined } from '@ant-design/icons';
import type { Condition, SequenceStep } from '@wutong/contract';
import { useText } from '../../frame/reader.tsx';
import { withNot, withoutNot } from '../rule/groups.ts';
import { fieldsOf, type ExpressionNames } from '../rule/names.ts';
import { useRule } from '../rule-context.ts';
import { Choice } from './choice.tsx';
import { EventPart } from './event-part.tsx';
import type { RowProps } from './row.ts';
import { DurationInput, WindowField } from './window-field.tsx';
import styles from './builder.module.css';

type Sequence = Extract<Condition, { kind: 'sequence' }>;

const MOST_STEPS = 16;

/** One event after the other, each within its time; a step may also be that something did not happen. */
export function SequenceRow({ condition: whole, onChange }: RowProps) {
  const { rule: words } = useText();
  const { negated, condition } = withoutNot(whole);
  if (condition.kind !== 'sequence') return null;
  const put = (changed: Partial<Sequence>) => onChange(withNot({ ...condition, ...changed }, negated));
  const { steps } = condition;
  return (
    <>
      <Choice
        strong
        label={words.measureLabel}
        value={negated ? 'not' : 'did'}
        options={[
          { value: 'did', label: words.sequence },
          { value: 'not', label: words.notSequence },
        ]}
        onChange={(next) => onChange(withNot(condition, next === 'not'))}
      />
      <SameField sequence={condition} negated={negated} onChange={onChange} />
      <ol className={styles.steps}>
        {steps.map((step, index) => (
          // Steps have no identity but their place.
          <li key={index}>
            <StepPart
              step={step}
              number={index + 1}
              isLast={index === steps.length - 1}
              onChange={(changed) => put({ steps: steps.toSpliced(index, 1, changed) })}
            />
            {steps.length > 2 && (
              <Button
                type="text"
                size="small"
                icon={<CloseOutlined />}
                aria-label={words.removeStep}
                title={words.removeStep}
                onClick={() => put({ steps: steps.toSpliced(index, 1) })}
              />
            )}
          </li>
        ))}
      </ol>
      {steps.length < MOST_STEPS && (
        <Button
          type="text"
          className={styles.quietButton}
          icon={<PlusOutlined />}
          onClick={() =>
            put({
              steps: [...steps, { source: { kind: 'event', event: '' }, within: { amount: 7, unit: 'day' } }],
            })
          }
        >
          {words.addStep}
        </Button>
      )}
    </>
  );
}

interface StepPartProps {
  step: SequenceStep;
  number: number;
  isLast: boolean;
  onChange: (step: SequenceStep) => void;
}

function StepPart({ step, number, isLast, onChange }: StepPartProps) {
  const { rule: words } = useText();
  const first = number === 1;
  const { within, negated, ...rest } = step;
  const put = (changed: { within?: SequenceStep['within']; negated?: boolean | undefined }) => {
    const next = { within, negated, ...changed };
    onChange({
      ...rest,
      ...(next.negated ? { negated: true } : {}),
      ...(next.within ? { within: next.within } : {}),
    });
  };
  return (
    <div className={styles.line}>
      <span className={styles.stepNumber}>{words.step(String(number))}</span>
      {first ? (
        <WindowField
          optional
          value={step.source.window}
          onChange={(window) => {
            const { window: _former, ...source } = step.source;
            onChange({ ...step, source: window ? { ...source, window } : source });
          }}
        />
      ) : (
        <>
          <Checkbox
            checked={within !== undefined}
            onChange={({ target }) =>
              put({ within: target.checked ? { amount: 7, unit: 'day' } : undefined })
            }
          >
            {within ? words.within : words.noLimit}
          </Checkbox>
          {within && (
            <DurationInput
              amount={within.amount}
              unit={within.unit}
              onChange={(amount, unit) => put({ within: { amount, unit } })}
            />
          )}
        </>
      )}
      {first ? (
        <span className={styles.said}>{words.stepDid}</span>
      ) : (
        <Choice
          label={words.measureLabel}
          value={negated ? 'not' : 'did'}
          options={[
            { value: 'did', label: words.stepDid },
            { value: 'not', label: words.stepNot },
          ]}
          onChange={(next) => {
            // Something that did not happen needs a time in which it did not.
            const time = within ?? (isLast ? { amount: 1, unit: 'day' as const } : undefined);
            put({ negated: next === 'not', within: next === 'not' ? time : within });
          }}
        />
      )}
      <EventPart source={step.source} onChange={(source) => onChange({ ...step, source })} />
    </div>
  );
}

/** Properties that all steps have. */
function sharedProperties(names: ExpressionNames, { steps }: Sequence): { value: string; label: string }[] {
  const [first, ...others] = steps.map(({ source }) =>
    fieldsOf(names, { kind: 'event', event: source.event }),
  );
  return (first ?? [])
    .filter(({ name }) => others.every((fields) => fields.some((field) => field.name === name)))
    .map(({ name, title }) => ({ value: name, label: title }));
}

interface SameFieldProps {
  sequence: Sequence;
  negated: boolean;
  onChange: (condition: Condition) => void;
}

function SameField({ sequence, negated, onChange }: SameFieldProps) {
  const { rule: words } = useText();
  const { names } = useRule();
  const { same, ...rest } = sequence;
  const shared = sharedProperties(names, sequence);
  if (shared.length === 0 && same === undefined) return null;
  const known = same === undefined || shared.some(({ value }) => value === same);
  return (
    <label className={styles.line}>
      <span className={styles.said}>{words.same}</span>
      <Choice
        label={words.same}
        value={same ?? ''}
        options={[
          { value: '', label: words.sameNone },
          ...shared,
          ...(known ? [] : [{ value: same, label: words.unknownName(same) }]),
        ]}
        onChange={(next) => onChange(withNot(next ? { ...rest, same: next } : rest, negated))}
      />
    </label>
  );
}
