import { Button } from 'antd';
import { Link, useNavigate } from 'react-router-dom';
import { identityApi, type ResponseOf } from '@wutong/contract';
import { CALM_MS, useRead } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { useMay } from '../../frame/session.tsx';
import { Definition, Page, Panel } from '../../parts/page.tsx';
import { RecordTable, type Column } from '../../parts/record-table.tsx';
import { Answer, EmptyState } from '../../parts/states.tsx';
import { shownMeaning } from './key-rule-values.ts';

type Row = ResponseOf<typeof identityApi.listKeyTypes>['items'][number];

/** Key types, strongest first. */
export default function KeyTypesPage() {
  const { text, format, language } = useReader();
  const words = text.data.keys;
  const navigate = useNavigate();
  const mayWrite = useMay(identityApi.saveKeyType);
  const types = useRead(identityApi.listKeyTypes, undefined, { refetchIntervalMs: CALM_MS });
  const columns: Column<Row>[] = [
    {
      key: 'type',
      title: words.type,
      phone: 'title',
      render: (row) => (
        <>
          <Link to={`/data/keys/${row.type}`}>{row.title[language]}</Link>{' '}
          <code className="mono faint">{row.type}</code>
          {row.meaning && <div className="faint">{shownMeaning(row, text)}</div>}
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
    <Page
      title={words.title}
      numbers="bank"
      lead={words.lead}
      actions={
        mayWrite && (
          <Button type="primary" onClick={() => void navigate('/data/keys/new')}>
            {text.identity.rule.create}
          </Button>
        )
      }
    >
      <Panel flush>
        <Answer query={types} rows={8}>
          {({ items }) => (
            <RecordTable
              label={words.title}
              columns={columns}
              rows={items}
              rowKey={({ type }) => type}
              onOpen={({ type }) => void navigate(`/data/keys/${type}`)}
              empty={<EmptyState title={words.none} />}
            />
          )}
        </Answer>
      </Panel>
    </Page>
  );
}
