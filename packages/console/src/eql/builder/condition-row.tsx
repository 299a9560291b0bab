import type { ComponentType } from 'react';
import { Button, Dropdown, Tooltip } from 'antd';
import { CloseOutlined, MoreOutlined } from '@ant-design/icons';
import type { Condition } from '@wutong/contract';
import { useReader } from '../../frame/reader.tsx';
import { readComparison } from '../rule/comparison.ts';
import { isUnfinished } from '../rule/completed.ts';
import { readEventQuestion } from '../rule/event-question.ts';
import { groupCondition, withoutNot } from '../rule/groups.ts';
import type { Subject } from '../rule/names.ts';
import { readRelatedQuestion } from '../rule/related-question.ts';
import { useRule } from '../rule-context.ts';
import { ComparisonRow } from './comparison-row.tsx';
import { EffectMark } from './effect-mark.tsx';
import { EventRow } from './event-row.tsx';
import { MembershipRow } from './membership-row.tsx';
import { RelatedRow } from './related-row.tsx';
import type { RowProps } from './row.ts';
import { SequenceRow } from './sequence-row.tsx';
import { TextRow } from './text-row.tsx';
import styles from './builder.module.css';

/** The editor that draws a condition; what none of them draws is kept as text. */
function editorOf(condition: Condition): ComponentType<RowProps> {
  const { kind } = withoutNot(condition).condition;
  if (kind === 'sequence') return SequenceRow;
  if (kind === 'inSegment' || kind === 'changed' || kind === 'consents') return MembershipRow;
  if (readEventQuestion(condition)) return EventRow;
  if (readRelatedQuestion(condition)) return RelatedRow;
  return readComparison(condition) ? ComparisonRow : TextRow;
}

export interface PlaceInGroup {
  isFirst: boolean;
  isLast: boolean;
  onMove: (by: -1 | 1) => void;
  onDuplicate: () => void;
  onRemove: () => void;
}

interface ConditionRowProps {
  condition: Condition;
  subject: Subject;
  path: string;
  place: PlaceInGroup;
  onChange: (condition: Condition) => void;
}

/** One condition as a sentence, with what it does to the count and what can be done with it. */
export function ConditionRow({ condition, subject, path, place, onChange }: ConditionRowProps) {
  const { language } = useReader();
  const { problems } = useRule();
  const Editor = editorOf(condition);
  const problem = problems.get(path);
  return (
    <div className={styles.row} data-wrong={problem !== undefined}>
      <div className={styles.line}>
        <Editor condition={condition} subject={subject} onChange={onChange} />
        {problem && (
          <p className={styles.problem} role="alert">
            {problem[language]}
          </p>
        )}
      </div>
      <EffectMark path={path} unfinished={isUnfinished(condition)} />
      <RowActions condition={condition} place={place} onChange={onChange} />
    </div>
  );
}

interface RowActionsProps {
  condition: Condition;
  place: PlaceInGroup;
  onChange: (condition: Condition) => void;
}

function RowActions({ condition, place, onChange }: RowActionsProps) {
  const { rule: words } = useReader().text;
  return (
    <div className={styles.actions}>
      <Dropdown
        trigger={['click']}
        menu={{
          items: [
            { key: 'up', label: words.moveUp, disabled: place.isFirst },
            { key: 'down', label: words.moveDown, disabled: place.isLast },
            { key: 'copy', label: words.duplicate },
            { key: 'wrap', label: words.wrap },
          ],
          onClick: ({ key }) => {
            if (key === 'up') place.onMove(-1);
            if (key === 'down') place.onMove(1);
            if (key === 'copy') place.onDuplicate();
            if (key === 'wrap') onChange(groupCondition('any', [condition]));
          },
        }}
      >
        <Button type="text" size="small" icon={<MoreOutlined />} aria-label={words.more} />
      </Dropdown>
      <Tooltip title={words.remove}>
        <Button
          type="text"
          size="small"
          icon={<CloseOutlined />}
          aria-label={words.remove}
          onClick={place.onRemove}
        />
      </Tooltip>
    </div>
  );
}
