import type { Field } from '@wutong/contract';
import { useReader } from '../../frame/reader.tsx';
import type { Column } from '../../parts/record-table.tsx';
import { Chip } from '../../parts/state-mark.tsx';
import { wordFor } from '../../text/text.ts';

const VALUES_SHOWN = 4;

/** How fields are listed: name, type, personal or not, allowed values. */
export function useFieldColumns(): Column<Field>[] {
  const { text, language } = useReader();
  const words = text.models;
  return [
    {
      key: 'title',
      title: words.fields,
      phone: 'title',
      render: ({ name, title, learnt }) => (
        <>
          <b>{title[language]}</b> <code className="mono faint">{name}</code>{' '}
          {learnt && <Chip tone="busy">{words.learnt}</Chip>}
        </>
      ),
    },
    {
      key: 'type',
      title: words.valueType,
      render: ({ valueType, unit }) => (
        <>
          {wordFor(text.words.valueType, valueType)}
          {unit && <span className="faint"> {unit}</span>}
        </>
      ),
    },
    {
      key: 'pii',
      title: words.pii,
      render: ({ pii }) =>
        pii === 'none' ? (
          <span className="faint">{words.piiClass.none.label}</span>
        ) : (
          <Chip tone="warn">{words.piiClass[pii].label}</Chip>
        ),
    },
    {
      key: 'values',
      title: words.values,
      ellipsis: true,
      render: ({ values }) =>
        values?.slice(0, VALUES_SHOWN).join(text.punctuation.comma) || <span className="faint">–</span>,
    },
  ];
}
