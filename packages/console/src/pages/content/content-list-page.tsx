import { Select } from 'antd';
import { Link, useNavigate } from 'react-router-dom';
import { contentApi, type ResponseOf } from '@wutong/contract';
import { channels, type Channel } from '../../api/vocabulary.ts';
import { usePages } from '../../api/use-pages.ts';
import { useReader } from '../../frame/reader.tsx';
import { Filters } from '../../parts/filters.tsx';
import { Page, Panel } from '../../parts/page.tsx';
import { RecordTable, type Column } from '../../parts/record-table.tsx';
import { SearchField } from '../../parts/search-field.tsx';
import { Chip, StateMark, toneOf } from '../../parts/state-mark.tsx';
import { Answer, EmptyState } from '../../parts/states.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { useUrlState } from '../../parts/url-state.ts';
import { wordFor } from '../../text/text.ts';

type Row = ResponseOf<typeof contentApi.listContent>['items'][number];

/** Content items with the channels they have texts for. */
export default function ContentListPage() {
  const { text } = useReader();
  const words = text.contents;
  const navigate = useNavigate();
  const [search, setSearch] = useUrlState('search');
  const [channel, setChannel] = useUrlState('channel');
  const contents = usePages(contentApi.listContent, {
    query: { search: search || undefined, channel: (channel || undefined) as Channel | undefined },
  });
  const columns = useColumns();
  return (
    <Page title={words.title} lead={words.lead}>
      <Filters>
        <SearchField label={words.search} value={search} onSearch={setSearch} widthPx={260} />
        <Select
          aria-label={words.channels}
          value={channel}
          onChange={setChannel}
          style={{ minWidth: 124 }}
          options={[
            { value: '', label: text.messages.anyChannel },
            ...channels.map((value) => ({ value, label: wordFor(text.words.channel, value) })),
          ]}
        />
      </Filters>
      <Panel flush>
        <Answer query={contents.query}>
          {() => (
            <RecordTable
              label={words.title}
              columns={columns}
              rows={contents.items}
              rowKey={({ contentId }) => contentId}
              onOpen={({ contentId }) => void navigate(`/content/${contentId}`)}
              more={contents.more}
              empty={
                search || channel ? (
                  <EmptyState title={words.noneFound} />
                ) : (
                  <EmptyState title={words.none} hint={words.noneHint} />
                )
              }
            />
          )}
        </Answer>
      </Panel>
    </Page>
  );
}

function useColumns(): Column<Row>[] {
  const { text, format } = useReader();
  const words = text.contents;
  return [
    {
      key: 'name',
      title: words.name,
      phone: 'title',
      render: ({ contentId, name }) => <Link to={`/content/${contentId}`}>{name}</Link>,
    },
    {
      key: 'channels',
      title: words.channels,
      render: ({ variants }) => (
        <span className="row">
          {channels
            .filter((each) => variants[each])
            .map((each) => (
              <Chip key={each}>{wordFor(text.words.channel, each)}</Chip>
            ))}
        </span>
      ),
    },
    {
      key: 'purpose',
      title: text.messages.purpose,
      render: ({ purpose }) => wordFor(text.words.purpose, purpose),
    },
    {
      key: 'version',
      title: words.version,
      render: ({ version, state, problems }) => (
        <span className="row">
          <StateMark tone={toneOf(state)}>
            {text.strategy.versionNumber(String(version))} · {words.state[state]}
          </StateMark>
          {problems.length > 0 && <Chip tone="warn">{words.problems(format.integer(problems.length))}</Chip>}
        </span>
      ),
    },
    {
      key: 'approved',
      title: words.approvedVersion,
      render: ({ approvedVersion }) =>
        approvedVersion === undefined ? (
          <span className="faint">{words.noneApproved}</span>
        ) : (
          text.strategy.versionNumber(String(approvedVersion))
        ),
    },
    { key: 'created', title: words.created, render: ({ createdAt }) => <TimeText at={createdAt} /> },
  ];
}
