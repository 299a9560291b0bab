import { Select } from 'antd';
import type { Condition } from '@wutong/contract';
import { channels } from '../../api/vocabulary.ts';
import { useText } from '../../frame/reader.tsx';
import { wordFor } from '../../text/text.ts';
import { withNot, withoutNot } from '../rule/groups.ts';
import { useRule } from '../rule-context.ts';
import { Choice } from './choice.tsx';
import { segmentGroups } from './name-groups.ts';
import { NameSelect } from './name-select.tsx';
import type { RowProps } from './row.ts';
import { WindowField } from './window-field.tsx';
import { wideList } from '../../parts/wide-list.ts';
import styles from './builder.module.css';

/** In, newly in or no longer in a segment; consent to be reached. */
export function MembershipRow({ condition: whole, onChange }: RowProps) {
  const { negated, condition } = withoutNot(whole);
  const put = (changed: Condition, not = negated) => onChange(withNot(changed, not));
  if (condition.kind === 'inSegment') {
    return <InSegment condition={condition} negated={negated} onChange={put} />;
  }
  if (condition.kind === 'changed') {
    return <Changed condition={condition} negated={negated} onChange={put} />;
  }
  return condition.kind === 'consents' ? (
    <Consents condition={condition} negated={negated} onChange={put} />
  ) : null;
}

interface PartProps<Kind extends Condition['kind']> {
  condition: Extract<Condition, { kind: Kind }>;
  negated: boolean;
  onChange: (condition: Condition, negated?: boolean) => void;
}

function InSegment({ condition, negated, onChange }: PartProps<'inSegment'>) {
  const { rule: words } = useText();
  return (
    <>
      <Choice
        strong
        label={words.operatorLabel}
        value={negated ? 'not' : 'in'}
        options={[
          { value: 'in', label: words.inSegment },
          { value: 'not', label: words.notInSegment },
        ]}
        onChange={(next) => onChange(condition, next === 'not')}
      />
      <SegmentSelect value={condition.segment} onChange={(segment) => onChange({ ...condition, segment })} />
    </>
  );
}

function Changed({ condition, negated, onChange }: PartProps<'changed'>) {
  const { rule: words } = useText();
  const { direction } = condition;
  const value = `${negated ? 'not ' : ''}${direction}` as const;
  const labels = {
    entered: words.entered,
    left: words.left,
    'not entered': words.notEntered,
    'not left': words.notLeft,
  };
  return (
    <>
      <WindowField
        value={condition.window}
        onChange={(window) => window && onChange({ ...condition, window })}
      />
      <Choice
        strong
        label={words.operatorLabel}
        value={value}
        options={(Object.keys(labels) as (keyof typeof labels)[]).map((each) => ({
          value: each,
          label: labels[each],
        }))}
        onChange={(next) =>
          onChange(
            { ...condition, direction: next.endsWith('left') ? 'left' : 'entered' },
            next.startsWith('not'),
          )
        }
      />
      <span className={styles.said}>{words.segment}</span>
      <SegmentSelect value={condition.segment} onChange={(segment) => onChange({ ...condition, segment })} />
    </>
  );
}

function SegmentSelect({ value, onChange }: { value: string; onChange: (segment: string) => void }) {
  const { rule: words } = useText();
  const { names } = useRule();
  return (
    <NameSelect
      label={words.pickSegment}
      placeholder={words.pickSegment}
      value={value}
      groups={segmentGroups(names, words)}
      onChange={onChange}
    />
  );
}

function Consents({ condition, negated, onChange }: PartProps<'consents'>) {
  const text = useText();
  const { names } = useRule();
  const words = text.rule;
  const { purpose, channel } = condition;
  const purposes = names.purposes.map(({ id, title }) => ({ value: id, label: title }));
  const known = purposes.some(({ value }) => value === purpose);
  return (
    <>
      <Choice
        strong
        label={words.operatorLabel}
        value={negated ? 'not' : 'in'}
        options={[
          { value: 'in', label: words.consents },
          { value: 'not', label: words.notConsents },
        ]}
        onChange={(next) => onChange(condition, next === 'not')}
      />
      <Select
        className={styles.choice}
        aria-label={text.people.purpose}
        value={purpose}
        {...wideList}
        options={
          known ? purposes : [{ value: purpose, label: wordFor(text.words.purpose, purpose) }, ...purposes]
        }
        onChange={(next) => onChange({ ...condition, purpose: next })}
      />
      <Select
        className={styles.choice}
        aria-label={text.people.channel}
        value={channel}
        {...wideList}
        options={[...new Set([channel, ...channels])].map((value) => ({
          value,
          label: wordFor(text.words.channel, value),
        }))}
        onChange={(next) => onChange({ ...condition, channel: next })}
      />
    </>
  );
}
