import type { ShownDetail } from '../../api/vocabulary.ts';
import { useReader } from '../../frame/reader.tsx';
import { fieldsOf, useCatalogue } from '../../frame/use-catalogue.ts';
import { EndLink } from '../../parts/end-link.tsx';
import { EntityName } from '../../parts/entity-name.tsx';
import { Panel } from '../../parts/page.tsx';
import { RecordTable, type Column } from '../../parts/record-table.tsx';
import { ValueText } from '../../parts/shown-value.tsx';
import { EmptyState } from '../../parts/states.tsx';
import { TimeText } from '../../parts/time-text.tsx';

/** More columns than this do not fit a desk; the rest stands with the entity. */
const MOST_COLUMNS = 6;

/** Holdings, transactions, applications: a table for each type, with its own columns. */
export function PersonDetails({ details }: { details: readonly ShownDetail[] }) {
  const { text, language } = useReader();
  const types = [...new Set(details.map(({ type }) => type))];
  if (types.length === 0) {
    return (
      <Panel>
        <EmptyState small title={text.people.noDetails} />
      </Panel>
    );
  }
  return (
    <div className="stack">
      {types.map((type) => {
        const rows = details.filter((detail) => detail.type === type);
        return <DetailTable key={type} title={rows[0]?.title[language] ?? type} type={type} rows={rows} />;
      })}
    </div>
  );
}

export function DetailTable({
  title,
  type,
  rows,
  total = rows.length,
  hasOwners = false,
}: {
  title: string;
  type: string;
  rows: readonly ShownDetail[];
  /** How many there are, of which these are the newest. */
  total?: number;
  hasOwners?: boolean;
}) {
  const { text, format, language } = useReader();
  const catalogue = useCatalogue();
  const fields = fieldsOf(catalogue, 'detailTypes', type);
  const references = catalogue?.detailTypes.find(({ name }) => name === type)?.references ?? [];
  const present = [...new Set(rows.flatMap(({ fields: values }) => Object.keys(values)))].slice(
    0,
    MOST_COLUMNS,
  );
  const columns: Column<ShownDetail>[] = [
    {
      key: 'id',
      title: text.entities.id,
      phone: 'title',
      render: ({ detailId }) => <span className="number">{detailId}</span>,
    },
    ...(hasOwners
      ? [
          {
            key: 'owner',
            title: text.entities.owner,
            render: ({ owner }: ShownDetail) => <EndLink end={owner} />,
          },
        ]
      : []),
    ...present.map((name): Column<ShownDetail> => {
      const field = fields.find((each) => each.name === name);
      return {
        key: name,
        title: field?.title[language] ?? name,
        numeric: field?.valueType === 'number',
        render: ({ fields: values }) => {
          const value = values[name];
          const reference = references.find((each) => each.field === name);
          if (reference && typeof value === 'string')
            return <EntityName type={reference.entityType} id={value} />;
          return <ValueText value={value} valueType={field?.valueType} unit={field?.unit} />;
        },
      };
    }),
    { key: 'time', title: text.time, render: ({ time }) => <TimeText at={time} form="date" /> },
  ];
  return (
    <Panel title={title} extra={text.state.total(format.integer(total))} flush>
      <RecordTable label={title} columns={columns} rows={rows} rowKey={({ detailId }) => detailId} />
    </Panel>
  );
}
