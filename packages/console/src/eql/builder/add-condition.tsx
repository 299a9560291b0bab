import { useState } from 'react';
import { Button } from 'antd';
import { PlusOutlined } from '@ant-design/icons';
import type { Condition } from '@wutong/contract';
import { useText } from '../../frame/reader.tsx';
import { groupCondition } from '../rule/groups.ts';
import type { Subject } from '../rule/names.ts';
import { useRule } from '../rule-context.ts';
import { beginnings } from './beginnings.ts';
import { NameSelect } from './name-select.tsx';
import styles from './builder.module.css';

interface AddConditionProps {
  subject: Subject;
  isFirst: boolean;
  inner?: boolean | undefined;
  onAdd: (condition: Condition) => void;
}

/** Adds a condition: what it is about is chosen first, so that it is complete but for its value. */
export function AddCondition({ subject, isFirst, inner, onAdd }: AddConditionProps) {
  const { rule: words } = useText();
  const { names } = useRule();
  const [choosing, setChoosing] = useState(false);
  /** Whether a choice was made or left: the button that comes back takes the focus back. */
  const [wasOpen, setWasOpen] = useState(false);
  const close = () => {
    setChoosing(false);
    setWasOpen(true);
  };
  if (choosing) {
    const groups = beginnings(names, subject, words);
    return (
      <div className={styles.add}>
        <NameSelect
          open
          autoFocus
          label={words.addCondition}
          placeholder={words.find}
          value={undefined}
          className={styles.finder}
          groups={groups}
          onOpenChange={(open) => {
            if (!open) close();
          }}
          onChange={(key) => {
            close();
            const begun = groups.flatMap(({ options }) => options).find(({ value }) => value === key);
            if (begun) onAdd(begun.make());
          }}
        />
      </div>
    );
  }
  return (
    <div className={styles.add}>
      <Button
        type={inner ? 'text' : isFirst ? 'primary' : 'dashed'}
        size="small"
        icon={<PlusOutlined />}
        autoFocus={wasOpen}
        onClick={() => setChoosing(true)}
      >
        {isFirst && !inner ? words.addFirst : words.addCondition}
      </Button>
      {!isFirst && !inner && (
        <Button type="text" size="small" onClick={() => onAdd(groupCondition('any', []))}>
          {words.addGroup}
        </Button>
      )}
    </div>
  );
}
