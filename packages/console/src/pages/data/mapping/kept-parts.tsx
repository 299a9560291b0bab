import type { ColumnExpression } from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import { Facts, type Fact } from '../../../parts/facts.tsx';
import { Panel } from '../../../parts/page.tsx';
import { useKeyTitles } from '../../identity/use-key-titles.ts';
import type { KeptPart } from './record-plan.ts';

/** What a mapping says besides its columns, in words: it stays as it is. */
export function KeptParts({ parts }: { parts: readonly KeptPart[] }) {
  const { text, language } = useReader();
  const words = text.imports.mapping;
  const titleOf = useKeyTitles();
  if (parts.length === 0) return null;
  const nameOf = ({ use }: KeptPart): string => {
    if (use.as === 'key') return titleOf(use.keyType);
    return use.as === 'field' ? use.field.title[language] || use.field.name : words.parts[use.as];
  };
  const saidBy = (value: ColumnExpression): string => {
    if (typeof value === 'string') return words.kept.column(value);
    if ('constant' in value) return words.kept.constant(String(value.constant));
    if ('lookup' in value) return words.kept.lookup(value.by);
    if ('column' in value) return words.kept.column(value.column);
    const names = [...value.template.matchAll(/\{([^{}]+)\}/g)].map((match) => match[1]!);
    return words.kept.template(
      names.map((name) => (name === '#' ? words.kept.rowNumber : name)).join(text.punctuation.comma),
    );
  };
  return (
    <Panel title={words.kept.title}>
      <Facts facts={parts.map((part): Fact => [nameOf(part), saidBy(part.value)])} />
    </Panel>
  );
}
