import type { Sharing } from '../../api/vocabulary.ts';
import { useText } from '../../frame/reader.tsx';
import { Chip } from '../../parts/state-mark.tsx';
import { visibilityOf } from './visibility.ts';

/** Says that not everybody sees a segment or tag; nothing where all do. */
export function VisibilityChip({ sharing }: { sharing: Sharing }) {
  const { sharing: words } = useText();
  const visibility = visibilityOf(sharing);
  return visibility === 'everybody' ? null : <Chip>{words[visibility]}</Chip>;
}
