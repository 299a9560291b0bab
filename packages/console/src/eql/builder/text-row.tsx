import { formatCondition, parseEql, type Condition } from '@wutong/contract';
import { useText } from '../../frame/reader.tsx';
import type { RowProps } from './row.ts';
import { TextChip } from './text-chip.tsx';
import styles from './builder.module.css';

/** Reads one condition written as text; undefined while it cannot be read. */
function readCondition(text: string): Condition | undefined {
  const parsed = parseEql(`person where ${text}`);
  return parsed.document?.kind === 'population' ? parsed.document.where : undefined;
}

/** A condition that the builder does not draw. It is kept as it is. */
export function TextRow({ condition, onChange }: RowProps) {
  const { rule: words } = useText();
  return (
    <>
      <span className={styles.said}>{words.textCondition}</span>
      <TextChip
        text={formatCondition(condition)}
        hint={words.textConditionHint}
        read={readCondition}
        onChange={onChange}
      />
    </>
  );
}
