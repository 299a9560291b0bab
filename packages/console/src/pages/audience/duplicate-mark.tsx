import { useText } from '../../frame/reader.tsx';
import { Chip } from '../../parts/state-mark.tsx';
import type { Duplicate } from './use-governance.ts';

/** Says that others have the same rule or the same members, and which. */
export function DuplicateMark({ duplicate }: { duplicate: Duplicate | undefined }) {
  const { audience: words, punctuation } = useText();
  if (!duplicate) return null;
  const others = duplicate.others.join(punctuation.comma);
  return (
    <div>
      <Chip tone="warn">
        {duplicate.reason === 'rule' ? words.sameAs(others) : words.sameMembers(others)}
      </Chip>
    </div>
  );
}
