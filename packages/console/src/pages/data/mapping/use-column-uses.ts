import type { Field } from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import { useKeyTitles } from '../../identity/use-key-titles.ts';
import { hasKeys, partsOf, type RecordPlan, type SingleUse, type Use } from './record-plan.ts';
import { declaredPlan, fieldOfColumn, type SampledColumn } from './suggest-plan.ts';

/** A use as the value of a select. */
export function writtenUse(use: Use): string {
  if (use.as === 'key') return `key ${use.keyType}`;
  if (use.as === 'field') return use.field.isNew ? 'field' : `field ${use.field.name}`;
  return use.as !== 'ignore' && use.keyType !== undefined ? `${use.as} ${use.keyType}` : use.as;
}

interface Option {
  value: string;
  label: string;
}

interface ColumnUses {
  options: (Option | { label: string; options: Option[] })[];
  /** The use that a chosen value stands for. */
  read: (value: string, column: SampledColumn) => Use;
}

/** What a column of this plan may be used as, in groups. */
export function useColumnUses(
  plan: RecordPlan,
  declared: readonly Field[],
  keyTypes: readonly string[],
): ColumnUses {
  const { text, language } = useReader();
  const words = text.imports.mapping;
  const titleOf = useKeyTitles();
  const endType = (part: SingleUse): string | undefined =>
    part === 'from' ? plan.from : part === 'to' ? plan.to : undefined;
  const parts = partsOf[plan.kind].may.filter((part) => part !== 'owner' || !hasKeys(plan));
  const partOptions = parts.flatMap((part): Option[] =>
    // An end that is a person is known by one of several keys.
    endType(part) === 'person'
      ? keyTypes.map((type) => ({
          value: `${part} ${type}`,
          label: words.end(words.parts[part], titleOf(type)),
        }))
      : [{ value: part, label: words.parts[part] }],
  );
  const group =
    plan.kind === 'person' || plan.kind === 'event' ? words.fieldGroup[plan.kind] : words.fieldGroup.other;
  return {
    options: [
      { value: 'ignore', label: words.ignore },
      ...(hasKeys(plan)
        ? [
            {
              label: words.keyGroup,
              options: keyTypes.map((type) => ({ value: `key ${type}`, label: titleOf(type) })),
            },
          ]
        : []),
      ...(partOptions.length > 0 ? [{ label: words.partGroup, options: partOptions }] : []),
      {
        label: group,
        options: [
          { value: 'field', label: words.newField },
          ...declared.map(({ name, title }) => ({ value: `field ${name}`, label: title[language] })),
        ],
      },
    ],
    read(value, column) {
      const [as = 'ignore', name = ''] = value.split(/ (.*)/s);
      if (as === 'key') return { as, keyType: name };
      if (as === 'field') {
        const found = declared.find((each) => each.name === name);
        // A new field takes its name from the column, never that of a declared one.
        const field = found ? declaredPlan(found) : fieldOfColumn(column, []);
        return { as, field };
      }
      const part = parts.find((each) => each === as);
      return part ? { as: part, ...(name ? { keyType: name } : {}) } : { as: 'ignore' };
    },
  };
}
