import { identityApi, type ResponseOf } from '@wutong/contract';
import { CALM_MS, useRead } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { Definition, Page, Panel } from '../../parts/page.tsx';
import { RecordTable, type Column } from '../../parts/record-table.tsx';
import { Answer, EmptyState } from '../../parts/states.tsx';

type Row = ResponseOf<typeof identityApi.listKeyTypes>['items'][number];

/** Key types, strongest first. */
export default function KeyTypesPage() {
  const { text, format, language } = useReader();
  const words = text.data.keys;
  const types = useRead(identityApi.listKeyTypes, undefined, { refetchIntervalMs: CALM_MS });
  const columns: Column<Row>[] = [
    {
      key: 'type',
      title: words.type,
      phone: 'title',
      render: ({ title, type, meaning }) => (
        <>
          <b>{title[language]}</b> <code className="mono faint">{type}</code>
          {meaning && <div className="faint">{meaning}</div>}
        </>
      ),
    },
    {
      key: 'priority',
      title: (
        <span>
          {words.priority} <Definition text={words.priorityDefinition} />
        </span>
      ),
      numeric: true,
      render: ({ priority }) => priority,
    },
    {
      key: 'count',
      title: words.count,
      numeric: true,
      render: ({ keyCount }) => <b>{format.integer(keyCount)}</b>,
    },
    {
      key: 'cardinality',
      title: words.cardinality,
      render: ({ cardinality }) => words.cardinalities[cardinality],
    },
    {
      key: 'contested',
      title: words.contested,
      render: ({ contested }) => words.contestedPolicies[contested],
    },
    {
      key: 'shared',
      title: words.shared,
      render: ({ sharedAbove }) =>
        sharedAbove === undefined ? '–' : words.sharedAbove(format.integer(sharedAbove)),
    },
    {
      key: 'blocked',
      title: words.blocked,
      ellipsis: true,
      render: ({ blockedValues, blockedPatterns }) =>
        [...blockedValues, ...blockedPatterns].slice(0, 4).join(text.punctuation.comma) || '–',
    },
    { key: 'pii', title: words.pii, render: ({ pii }) => (pii ? text.state.yes : text.state.no) },
  ];
  return (
    <Page title={words.title} lead={words.lead}>
      <Panel flush>
        <Answer query={types} rows={8}>
          {({ items }) => (
            <RecordTable
              label={words.title}
              columns={columns}
              rows={items}
              rowKey={({ type }) => type}
              empty={<EmptyState title={words.none} />}
            />
          )}
        </Answer>
      </Panel>
    </Page>
  );
}
