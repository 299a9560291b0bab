import type { Condition } from '@wutong/contract';
import type { Subject } from '../rule/names.ts';

/** What every editor of a condition is given. */
export interface RowProps {
  condition: Condition;
  subject: Subject;
  onChange: (condition: Condition) => void;
}
