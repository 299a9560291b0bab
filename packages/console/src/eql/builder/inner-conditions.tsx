import type { Condition } from '@wutong/contract';
import type { Subject } from '../rule/names.ts';
import { ConditionGroup } from './condition-group.tsx';
import styles from './builder.module.css';

interface InnerConditionsProps {
  label: string;
  subject: Subject;
  where: Condition | undefined;
  onChange: (where: Condition | undefined) => void;
}

/** Conditions about what a source finds: events by their properties, holdings by their fields. */
export function InnerConditions({ label, subject, where, onChange }: InnerConditionsProps) {
  return (
    <div className={styles.inner}>
      <span className={styles.said}>{label}</span>
      <ConditionGroup condition={where} subject={subject} path="" inner onChange={onChange} />
    </div>
  );
}
