import { Link, useNavigate } from 'react-router-dom';
import { useReader } from '../../frame/reader.tsx';
import { useCatalogue } from '../../frame/use-catalogue.ts';
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

/** People with their masked attributes, as many columns as fit. */
export function SamplePeople({ label, people, more }: SamplePeopleProps) {
  const { text, language } = useReader();
  const navigate = useNavigate();
  const declared = useCatalogue()?.attributes ?? [];
  const present = new Set(people.flatMap(({ attributes }) => Object.keys(attributes)));
  const fields = declared.filter(({ name }) => present.has(name) && name !== 'name').slice(0, MOST_COLUMNS);
  const columns: Column<SamplePerson>[] = [
    {
      key: 'person',
      title: text.frame.menu.people,
      phone: 'title',
      render: ({ personId, attributes }) => (
        <Link to={`/people/${personId}`}>
          {typeof attributes['name'] === 'string'
            ? attributes['name']
            : text.people.numbered(String(personId))}
        </Link>
      ),
    },
    ...fields.map((field): Column<SamplePerson> => ({
      key: field.name,
      title: field.title[language],
      numeric: field.valueType === 'number',
      render: ({ attributes }) => (
        <ValueText value={attributes[field.name]} valueType={field.valueType} unit={field.unit} />
      ),
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
