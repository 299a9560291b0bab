import { Segmented } from 'antd';
import { Link, useNavigate, useParams } from 'react-router-dom';
import { profileApi, type Catalogue, type ResponseOf } from '@wutong/contract';
import { usePages } from '../../api/use-pages.ts';
import { useReader } from '../../frame/reader.tsx';
import { useCatalogue } from '../../frame/use-catalogue.ts';
import { Filters } from '../../parts/filters.tsx';
import { Page, Panel } from '../../parts/page.tsx';
import { RecordTable, type Column } from '../../parts/record-table.tsx';
import { SearchField } from '../../parts/search-field.tsx';
import { ValueText } from '../../parts/shown-value.tsx';
import { Answer, EmptyState, Loading } from '../../parts/states.tsx';
import { useUrlState } from '../../parts/url-state.ts';
import styles from './entity.module.css';

type Row = ResponseOf<typeof profileApi.listEntities>['items'][number];
type EntityType = Catalogue['entityTypes'][number];

const MOST_COLUMNS = 6;

/** Entities of a type; the type stands in the address. */
export default function EntityListPage() {
  const { text, language } = useReader();
  const words = text.entities;
  const navigate = useNavigate();
  const params = useParams();
  const catalogue = useCatalogue();
  const types = catalogue?.entityTypes ?? [];
  const type = types.find(({ name }) => name === params['type']) ?? types[0];
  return (
    <Page title={words.title} lead={words.lead}>
      {catalogue === undefined && <Loading rows={6} />}
      {catalogue !== undefined && !type && (
        <Panel>
          <EmptyState
            title={words.noTypes}
            hint={words.noTypesHint}
            action={<Link to="/data/model?kind=entityTypes">{text.models.title}</Link>}
          />
        </Panel>
      )}
      {type && (
        <>
          <Segmented
            style={{ justifySelf: 'start', maxWidth: '100%', overflowX: 'auto' }}
            value={type.name}
            aria-label={words.type}
            onChange={(name) => void navigate(`/entities/${name}`)}
            options={types.map(({ name, title }) => ({
              value: name,
              label: <span className={styles.type}>{title[language]}</span>,
              title: title[language],
            }))}
          />
          <EntityTable key={type.name} type={type} />
        </>
      )}
    </Page>
  );
}

function EntityTable({ type }: { type: EntityType }) {
  const { text, language } = useReader();
  const words = text.entities;
  const navigate = useNavigate();
  const [search, setSearch] = useUrlState('search');
  const entities = usePages(profileApi.listEntities, {
    params: { type: type.name },
    query: { search: search || undefined },
  });
  const addressOf = (id: string) => `/entities/${type.name}/${encodeURIComponent(id)}`;
  const columns: Column<Row>[] = [
    {
      key: 'name',
      title: words.name,
      phone: 'title',
      render: ({ id, title }) => <Link to={addressOf(id)}>{title || id}</Link>,
    },
    ...type.fields
      .filter(({ name }) => name !== type.titleField)
      .slice(0, MOST_COLUMNS)
      .map((field): Column<Row> => ({
        key: field.name,
        title: field.title[language],
        numeric: field.valueType === 'number',
        render: ({ attributes }) => (
          <ValueText value={attributes[field.name]} valueType={field.valueType} unit={field.unit} />
        ),
      })),
  ];
  return (
    <>
      <Filters>
        <SearchField label={words.search} value={search} onSearch={setSearch} widthPx={260} />
      </Filters>
      <Panel flush>
        <Answer query={entities.query}>
          {() => (
            <RecordTable
              label={type.title[language]}
              columns={columns}
              rows={entities.items}
              rowKey={({ id }) => id}
              onOpen={({ id }) => void navigate(addressOf(id))}
              more={entities.more}
              empty={<EmptyState title={words.none} hint={words.noneHint} />}
            />
          )}
        </Answer>
      </Panel>
    </>
  );
}
