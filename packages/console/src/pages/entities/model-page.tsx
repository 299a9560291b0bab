import { useState } from 'react';
import { Button, Segmented } from 'antd';
import { profileApi, type Catalogue, type Field } from '@wutong/contract';
import { CALM_MS, useRead } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { useMay } from '../../frame/session.tsx';
import { Page, Panel } from '../../parts/page.tsx';
import { RecordTable, type Column } from '../../parts/record-table.tsx';
import { Answer, EmptyState } from '../../parts/states.tsx';
import { useUrlState } from '../../parts/url-state.ts';
import { AttributeDrawer } from './attribute-drawer.tsx';
import { useFieldColumns } from './field-columns.tsx';
import { TypeDrawer, type TypeKind } from './type-drawer.tsx';

const kinds = ['attributes', 'entityTypes', 'relationTypes', 'detailTypes'] as const;
type Kind = (typeof kinds)[number];
type DeclaredType = Catalogue[TypeKind][number];

/** The name in the address that opens an empty drawer. */
const NEW = '+';

/** The entity designer: attributes, entity, relation and detail types, each with its fields. */
export default function ModelPage() {
  const { text } = useReader();
  const words = text.models;
  const mayWrite = useMay(profileApi.declareEntityType);
  const [kindText, setKind] = useUrlState('kind', 'attributes');
  const kind: Kind = kinds.find((each) => each === kindText) ?? 'attributes';
  const [opened, setOpened] = useUrlState('open');
  const catalogue = useRead(profileApi.readCatalogue, undefined, { refetchIntervalMs: CALM_MS });
  const create = mayWrite && (
    <Button type="primary" onClick={() => setOpened(NEW)}>
      {words.create[kind]}
    </Button>
  );
  return (
    <Page title={words.title} lead={words.lead} actions={create}>
      <Segmented
        style={{ justifySelf: 'start', maxWidth: '100%', overflowX: 'auto' }}
        aria-label={words.title}
        value={kind}
        onChange={(value) => setKind(value)}
        options={kinds.map((value) => ({ value, label: words.kinds[value] }))}
      />
      <Answer query={catalogue} rows={8}>
        {(data) => (
          <>
            <Panel flush>
              {kind === 'attributes' ? (
                <AttributeTable fields={data.attributes} onOpen={setOpened} empty={create} />
              ) : (
                <TypeTable
                  kind={kind}
                  types={data[kind]}
                  catalogue={data}
                  onOpen={setOpened}
                  empty={create}
                />
              )}
            </Panel>
            {opened !== '' && (
              <Opened key={opened} kind={kind} name={opened} catalogue={data} onClose={() => setOpened('')} />
            )}
          </>
        )}
      </Answer>
    </Page>
  );
}

interface OpenedProps {
  kind: Kind;
  name: string;
  catalogue: Catalogue;
  onClose: () => void;
}

function Opened({ kind, name, catalogue, onClose }: OpenedProps) {
  // What was opened stays as it was while it is edited, though the catalogue is read again.
  const [first] = useState(catalogue);
  if (kind === 'attributes') {
    const field = first.attributes.find((each) => each.name === name);
    if (!field && name !== NEW) return null;
    return <AttributeDrawer field={field} taken={first.attributes} onClose={onClose} />;
  }
  const types: readonly DeclaredType[] = first[kind];
  const type = types.find((each) => each.name === name);
  if (!type && name !== NEW) return null;
  return <TypeDrawer kind={kind} type={type} catalogue={first} onClose={onClose} />;
}

interface AttributeTableProps {
  fields: readonly Field[];
  onOpen: (name: string) => void;
  empty: React.ReactNode;
}

function AttributeTable({ fields, onOpen, empty }: AttributeTableProps) {
  const { models: words } = useReader().text;
  return (
    <RecordTable
      label={words.kinds.attributes}
      columns={useFieldColumns()}
      rows={fields}
      rowKey={({ name }) => name}
      onOpen={({ name }) => onOpen(name)}
      empty={<EmptyState title={words.none} hint={words.noneHint.attributes} action={empty} />}
    />
  );
}

interface TypeTableProps {
  kind: TypeKind;
  types: readonly DeclaredType[];
  catalogue: Catalogue;
  onOpen: (name: string) => void;
  empty: React.ReactNode;
}

function TypeTable({ kind, types, catalogue, onOpen, empty }: TypeTableProps) {
  const { text, format, language } = useReader();
  const words = text.models;
  const endName = (name: string): string =>
    name === 'person'
      ? words.person
      : (catalogue.entityTypes.find((each) => each.name === name)?.title[language] ?? name);
  const ends: Column<DeclaredType>[] =
    kind === 'entityTypes'
      ? []
      : [
          {
            key: 'ends',
            title: kind === 'relationTypes' ? `${words.from} → ${words.to}` : words.owner,
            render: (type) =>
              'from' in type
                ? `${endName(type.from)} → ${endName(type.to)}`
                : 'owner' in type && endName(type.owner),
          },
        ];
  const columns: Column<DeclaredType>[] = [
    {
      key: 'title',
      title: words.name,
      phone: 'title',
      render: ({ name, title }) => (
        <>
          <b>{title[language]}</b> <code className="mono faint">{name}</code>
        </>
      ),
    },
    ...ends,
    {
      key: 'fields',
      title: words.fields,
      render: ({ fields }) => (
        <>
          {words.fieldCount(format.integer(fields.length))}
          <div className="faint">
            {fields
              .slice(0, 6)
              .map(({ title }) => title[language])
              .join(text.punctuation.comma)}
          </div>
        </>
      ),
    },
  ];
  return (
    <RecordTable
      label={words.kinds[kind]}
      columns={columns}
      rows={types}
      rowKey={({ name }) => name}
      onOpen={({ name }) => onOpen(name)}
      empty={<EmptyState title={words.none} hint={words.noneHint[kind]} action={empty} />}
    />
  );
}
