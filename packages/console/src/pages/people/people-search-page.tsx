import { Input } from 'antd';
import { useNavigate } from 'react-router-dom';
import { identityApi, type ResponseOf } from '@wutong/contract';
import { useRead } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { ClearIcon } from '../../parts/clear-icon.tsx';
import { Page, Panel } from '../../parts/page.tsx';
import { usePersonNames } from '../../parts/person-name.tsx';
import { RecordTable, type Column } from '../../parts/record-table.tsx';
import { Chip } from '../../parts/state-mark.tsx';
import { Answer, EmptyState } from '../../parts/states.tsx';
import { useUrlState } from '../../parts/url-state.ts';
import { wordFor } from '../../text/text.ts';

type Row = ResponseOf<typeof identityApi.findPeople>['items'][number];

/** People by a whole value of any key. */
export default function PeopleSearchPage() {
  const { text, format } = useReader();
  const words = text.people;
  const navigate = useNavigate();
  const [search, setSearch] = useUrlState('search');
  const found = useRead(identityApi.findPeople, { query: { search } }, { enabled: search !== '' });
  const nameOf = usePersonNames((found.data?.items ?? []).map(({ personId }) => personId));
  const columns: Column<Row>[] = [
    {
      key: 'person',
      title: text.frame.menu.people,
      phone: 'title',
      render: ({ personId }) => nameOf(personId),
    },
    {
      key: 'matched',
      title: words.matchedBy,
      render: ({ matched }) => (
        <>
          <span className="faint">{wordFor(text.words.keyType, matched.type)}</span>{' '}
          <span className="number">{matched.masked}</span>
        </>
      ),
    },
    {
      key: 'keys',
      title: words.keys,
      render: ({ keys }) => (
        <span className="row">
          {keys.map(({ type, keyNumber, masked }) => (
            <Chip key={keyNumber}>
              {wordFor(text.words.keyType, type)} {masked}
            </Chip>
          ))}
        </span>
      ),
    },
  ];
  return (
    <Page title={words.search} lead={words.searchLead}>
      <Input.Search
        size="large"
        allowClear={{ clearIcon: <ClearIcon /> }}
        autoFocus
        defaultValue={search}
        placeholder={words.searchPlaceholder}
        aria-label={words.search}
        enterButton={words.searchButton}
        onSearch={(value) => setSearch(value.trim())}
        style={{ maxWidth: 520 }}
      />
      {search === '' ? (
        <Panel>
          <EmptyState title={words.start} hint={words.startHint} />
        </Panel>
      ) : (
        <Panel
          flush
          title={
            found.data && found.data.items.length > 0
              ? words.found(format.integer(found.data.items.length))
              : undefined
          }
        >
          <Answer query={found}>
            {({ items }) => (
              <RecordTable
                label={words.search}
                columns={columns}
                rows={items}
                rowKey={({ personId }) => personId}
                onOpen={({ personId }) => void navigate(`/people/${personId}`)}
                empty={<EmptyState title={words.nothing} hint={words.nothingHint} />}
              />
            )}
          </Answer>
        </Panel>
      )}
    </Page>
  );
}
