import type { ReactNode } from 'react';
import { Button, Input } from 'antd';
import { ArrowDownOutlined, ArrowUpOutlined, CloseOutlined, PlusOutlined } from '@ant-design/icons';
import type { EqlDocument } from '@wutong/contract';
import { ConditionGroup } from '../../../eql/builder/condition-group.tsx';
import { person } from '../../../eql/rule/names.ts';
import { useText } from '../../../frame/reader.tsx';
import styles from './tags.module.css';

export type TierDocument = Extract<EqlDocument, { kind: 'tier' }>;

interface TierEditorProps {
  document: TierDocument;
  onChange: (document: TierDocument) => void;
}

const MOST_TIERS = 100;

/** Tiers from the top down: the first whose conditions hold names the value. */
export function TierEditor({ document, onChange }: TierEditorProps) {
  const { tags: words } = useText();
  const { tiers, otherwise } = document;
  const put = (next: TierDocument['tiers']) => onChange({ ...document, tiers: next });
  return (
    <div className={styles.tiers}>
      <ol>
        {tiers.map((tier, index) => (
          // Tiers have no identity but their place.
          <li key={index} className={styles.tier}>
            <TierPart
              tier={tier}
              index={index}
              count={tiers.length}
              onChange={(changed) => put(tiers.toSpliced(index, 1, changed))}
              onMove={(by) => put(tiers.toSpliced(index, 1).toSpliced(index + by, 0, tier))}
              onRemove={() => put(tiers.toSpliced(index, 1))}
            />
          </li>
        ))}
      </ol>
      <div className="row">
        <Button
          type="dashed"
          icon={<PlusOutlined />}
          disabled={tiers.length >= MOST_TIERS}
          onClick={() => put([...tiers, { label: '', when: { kind: 'and', items: [] } }])}
        >
          {words.addTier}
        </Button>
      </div>
      <label className={styles.otherwise}>
        <span>{words.otherwise}</span>
        <Input
          placeholder={words.otherwiseHint}
          maxLength={200}
          value={otherwise ?? ''}
          onChange={({ target }) => {
            const { otherwise: _former, ...rest } = document;
            onChange(target.value === '' ? rest : { ...rest, otherwise: target.value });
          }}
        />
      </label>
    </div>
  );
}

interface TierPartProps {
  tier: TierDocument['tiers'][number];
  index: number;
  count: number;
  onChange: (tier: TierDocument['tiers'][number]) => void;
  onMove: (by: -1 | 1) => void;
  onRemove: () => void;
}

/** One tier: its rank, its name and its conditions. */
function TierPart({ tier, index, count, onChange, onMove, onRemove }: TierPartProps) {
  const { tags: words, rule } = useText();
  const action = (label: string, icon: ReactNode, disabled: boolean, onClick: () => void) => (
    <Button
      type="text"
      size="small"
      icon={icon}
      aria-label={label}
      title={label}
      disabled={disabled}
      onClick={onClick}
    />
  );
  return (
    <>
      <div className={styles.tierHead}>
        <span className={styles.rank}>{index + 1}</span>
        <Input
          aria-label={words.tierLabel}
          placeholder={words.tierLabel}
          status={tier.label.trim() === '' ? 'warning' : undefined}
          aria-invalid={tier.label.trim() === ''}
          maxLength={200}
          value={tier.label}
          onChange={({ target }) => onChange({ ...tier, label: target.value })}
        />
        <span className="faint">{words.tierWhen}</span>
        <span className={styles.tierActions}>
          {action(rule.moveUp, <ArrowUpOutlined />, index === 0, () => onMove(-1))}
          {action(rule.moveDown, <ArrowDownOutlined />, index === count - 1, () => onMove(1))}
          {action(words.removeTier, <CloseOutlined />, count === 1, onRemove)}
        </span>
      </div>
      <ConditionGroup
        inner
        condition={tier.when}
        subject={person}
        path=""
        onChange={(when) => onChange({ ...tier, when: when ?? { kind: 'and', items: [] } })}
      />
    </>
  );
}
