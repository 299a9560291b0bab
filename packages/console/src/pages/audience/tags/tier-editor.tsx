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
  const { tags: words, rule } = useText();
  const { tiers, otherwise } = document;
  const put = (next: TierDocument['tiers']) => onChange({ ...document, tiers: next });
  return (
    <div className={styles.tiers}>
      <ol>
        {tiers.map((tier, index) => (
          // Tiers have no identity but their place.
          <li key={index} className={styles.tier}>
            <div className={styles.tierHead}>
              <span className={styles.rank}>{index + 1}</span>
              <Input
                aria-label={words.tierLabel}
                placeholder={words.tierLabel}
                status={tier.label.trim() === '' ? 'warning' : undefined}
                maxLength={200}
                value={tier.label}
                onChange={({ target }) => put(tiers.toSpliced(index, 1, { ...tier, label: target.value }))}
              />
              <span className="faint">{words.tierWhen}</span>
              <span className={styles.tierActions}>
                <Button
                  type="text"
                  size="small"
                  icon={<ArrowUpOutlined />}
                  aria-label={rule.moveUp}
                  disabled={index === 0}
                  onClick={() => put(tiers.toSpliced(index, 1).toSpliced(index - 1, 0, tier))}
                />
                <Button
                  type="text"
                  size="small"
                  icon={<ArrowDownOutlined />}
                  aria-label={rule.moveDown}
                  disabled={index === tiers.length - 1}
                  onClick={() => put(tiers.toSpliced(index, 1).toSpliced(index + 1, 0, tier))}
                />
                <Button
                  type="text"
                  size="small"
                  icon={<CloseOutlined />}
                  aria-label={words.removeTier}
                  disabled={tiers.length === 1}
                  onClick={() => put(tiers.toSpliced(index, 1))}
                />
              </span>
            </div>
            <ConditionGroup
              inner
              condition={tier.when}
              subject={person}
              path=""
              onChange={(when) =>
                put(tiers.toSpliced(index, 1, { ...tier, when: when ?? { kind: 'and', items: [] } }))
              }
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
