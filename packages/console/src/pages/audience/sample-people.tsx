import { useNavigate } from 'react-router-dom';
import { useReader } from '../../frame/reader.tsx';
import { useCatalogue } from '../../frame/use-catalogue.ts';
import { EntityName } from '../../parts/entity-name.tsx';
import { usePersonNames } from '../../parts/person-name.tsx';
import { RecordTable, type Column } from '../../parts/record-table.tsx';
import { ValueText } from '../../parts/shown-value.tsx';
import { EmptyState } from '../../parts/states.tsx';

export interface SamplePerson {
  personId: number;
  attributes: Record<string, unknown>;
}

interface SamplePeopleProps {
  label: string;
  people: readonly SamplePerson[];
  more?: { onMore: () => void; loading: boolean };
}

const MOST_COLUMNS = 6;
/** How the server writes a value that is masked as a whole. */
const MASKED = '***';

/** People with their masked attributes, as many columns as fit. */
export function SamplePeople({ label, people, more }: SamplePeopleProps) {
  const { text, language } = useReader();
  const navigate = useNavigate();
  const nameOf = usePersonNames(people.map(({ personId }) => personId));
  const catalogue = useCatalogue();
  const declared = catalogue?.attributes ?? [];
  const entityTypes = (catalogue?.entityTypes ?? []).map(({ name }) => name);
  // A column in which everything is masked says nothing.
  const present = new Set(
    people.flatMap(({ attributes }) => Object.keys(attributes).filter((name) => attributes[name] !== MASKED)),
  );
  const fields = declared.filter(({ name }) => present.has(name) && name !== 'name').slice(0, MOST_COLUMNS);
  const columns: Column<SamplePerson>[] = [
    {
      key: 'person',
      title: text.frame.menu.people,
      phone: 'title',
      render: ({ personId }) => nameOf(personId),
    },
    ...fields.map((field): Column<SamplePerson> => ({
      key: field.name,
      title: field.title[language],
      numeric: field.valueType === 'number',
      render: ({ attributes }) => {
        const value = attributes[field.name];
        const type = entityTypes.find((name) => field.name === `${name}_id`);
        if (type && typeof value === 'string') return <EntityName type={type} id={value} />;
        return <ValueText value={value} valueType={field.valueType} unit={field.unit} />;
      },
    })),
  ];
  return (
    <RecordTable
      label={label}
      columns={columns}
      rows={people}
      rowKey={({ personId }) => personId}
      onOpen={({ personId }) => void navigate(`/people/${personId}`)}
      more={more}
      empty={<EmptyState small title={text.audience.sampleNone} />}
    />
  );
}
