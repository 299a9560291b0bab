import type { ColumnExpression, TransformStep } from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import { Facts, type Fact } from '../../../parts/facts.tsx';
import { Panel } from '../../../parts/page.tsx';
import { useKeyTitles } from '../../identity/use-key-titles.ts';
import { typeOfUse, type KeptPart } from './record-plan.ts';
import { ValueMapButton } from './value-map-button.tsx';
import { valueMapOf } from './value-map.ts';

interface KeptPartsProps {
  parts: readonly KeptPart[];
  onChange: (parts: readonly KeptPart[]) => void;
}

/** What a mapping says besides its columns, in words: it stays as it is, but for its value maps. */
export function KeptParts({ parts, onChange }: KeptPartsProps) {
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
  const withSteps = (place: number, steps: TransformStep[]) =>
    onChange(
      parts.map((part, index) =>
        index === place && typeof part.value === 'object' && 'steps' in part.value
          ? { ...part, value: { ...part.value, steps } }
          : part,
      ),
    );
  const mapOf = (part: KeptPart, place: number) => {
    const steps = typeof part.value === 'object' && 'steps' in part.value ? part.value.steps : [];
    if (!valueMapOf(steps)) return null;
    return (
      <ValueMapButton
        name={nameOf(part)}
        type={typeOfUse(part.use)}
        steps={steps}
        samples={[]}
        onChange={(changed) => withSteps(place, changed)}
      />
    );
  };
  return (
    <Panel title={words.kept.title}>
      <Facts
        facts={parts.map((part, place): Fact => [
          nameOf(part),
          <span key={place} className="row">
            {saidBy(part.value)}
            {mapOf(part, place)}
          </span>,
        ])}
      />
    </Panel>
  );
}
