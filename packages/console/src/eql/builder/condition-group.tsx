import { Button, Segmented, Tooltip } from 'antd';
import { CloseOutlined } from '@ant-design/icons';
import type { Condition } from '@wutong/contract';
import { useText } from '../../frame/reader.tsx';
import { groupCondition, groupKinds, groupOf, rootGroup, type GroupKind } from '../rule/groups.ts';
import type { Subject } from '../rule/names.ts';
import { AddCondition } from './add-condition.tsx';
import { ConditionRow, type PlaceInGroup } from './condition-row.tsx';
import { EffectMark } from './effect-mark.tsx';
import styles from './builder.module.css';

interface ConditionGroupProps {
  condition: Condition | undefined;
  subject: Subject;
  /** Place of the group in the document; empty inside a source, whose conditions are not counted one by one. */
  path: string;
  /** Absent for the outermost group, which cannot be removed. */
  place?: PlaceInGroup;
  /** Conditions of a source: a smaller frame, and no more than it needs. */
  inner?: boolean;
  onChange: (condition: Condition | undefined) => void;
}

/** Conditions that hold all, any or none of them; a group may stand among them. */
export function ConditionGroup({ condition, subject, path, place, inner, onChange }: ConditionGroupProps) {
  const { rule: words } = useText();
  const { kind, items, placeOf } = rootGroup(condition);
  const put = (next: readonly Condition[], as: GroupKind = kind) =>
    onChange(next.length === 0 && !place ? undefined : groupCondition(as, next));
  const placeIn = (index: number): PlaceInGroup => ({
    isFirst: index === 0,
    isLast: index === items.length - 1,
    onMove: (by) => put(items.toSpliced(index, 1).toSpliced(index + by, 0, items[index]!)),
    onDuplicate: () => put(items.toSpliced(index, 0, items[index]!)),
    onRemove: () => put(items.toSpliced(index, 1)),
  });
  return (
    <div className={styles.group} data-inner={inner} data-kind={kind} data-nested={place !== undefined}>
      {(items.length > 1 || kind !== 'all' || place) && (
        <div className={styles.groupHead}>
          <Segmented<GroupKind>
            size="small"
            aria-label={words.groupLabel}
            value={kind}
            options={groupKinds.map((value) => ({ value, label: words.group[value] }))}
            onChange={(next) => put(items, next)}
          />
          {place && <GroupActions path={path} place={place} items={items} kind={kind} onChange={onChange} />}
        </div>
      )}
      <ul className={styles.items}>
        {items.map((item, index) => {
          const common = {
            condition: item,
            subject,
            path: path && path + placeOf(index),
            place: placeIn(index),
            onChange: (changed: Condition | undefined) =>
              put(changed ? items.toSpliced(index, 1, changed) : items.toSpliced(index, 1)),
          };
          return (
            // Conditions have no identity but their place.
            <li key={index} data-joint={index > 0 ? words.joint[kind] : ''}>
              {groupOf(item) ? <ConditionGroup {...common} inner={inner} /> : <ConditionRow {...common} />}
            </li>
          );
        })}
      </ul>
      <AddCondition
        subject={subject}
        isFirst={items.length === 0}
        inner={inner}
        onAdd={(added) => put([...items, added])}
      />
    </div>
  );
}

interface GroupActionsProps {
  path: string;
  place: PlaceInGroup;
  items: readonly Condition[];
  kind: GroupKind;
  onChange: (condition: Condition | undefined) => void;
}

function GroupActions({ path, place, items, kind, onChange }: GroupActionsProps) {
  const { rule: words } = useText();
  const only = items.length === 1 && kind !== 'none' ? items[0] : undefined;
  return (
    <>
      <EffectMark path={path} unfinished={items.length === 0} />
      {only && (
        <Button type="text" size="small" onClick={() => onChange(only)}>
          {words.unwrap}
        </Button>
      )}
      <Tooltip title={words.removeGroup}>
        <Button
          type="text"
          size="small"
          icon={<CloseOutlined />}
          aria-label={words.removeGroup}
          onClick={place.onRemove}
        />
      </Tooltip>
    </>
  );
}
