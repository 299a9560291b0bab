import { useState } from 'react';
import { App, Button } from 'antd';
import { useNavigate, useParams } from 'react-router-dom';
import { connectionsApi } from '@wutong/contract';
import { useRead, useWrite } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { useMay } from '../../../frame/session.tsx';
import { Facts } from '../../../parts/facts.tsx';
import { Page, Panel } from '../../../parts/page.tsx';
import { SearchField } from '../../../parts/search-field.tsx';
import { Answer, EmptyState, sentenceOf } from '../../../parts/states.tsx';
import { useUrlState } from '../../../parts/url-state.ts';
import { ConnectionDrawer } from './connection-drawer.tsx';
import { CheckMark, targetOf } from './connection-list-page.tsx';
import { TablePreview } from './table-preview.tsx';
import styles from './warehouse.module.css';

/** One connection: does it work, which tables are there, and what is in them. */
export default function ConnectionPage() {
  const { connectionId = '' } = useParams();
  const { text, language } = useReader();
  const words = text.warehouse.connections;
  const connection = useRead(connectionsApi.readConnection, { params: { connectionId } });
  const kinds = useRead(connectionsApi.listConnectionKinds);
  const kind = kinds.data?.items.find((each) => each.kind === connection.data?.kind);
  return (
    <Page
      title={connection.data?.name ?? connectionId}
      lead={
        connection.data &&
        `${kind?.title[language] ?? connection.data.kind} · ${targetOf(connection.data.settings)}`
      }
      back={{ to: '/data/connections', label: words.title }}
      actions={connection.data && <Actions connection={connection.data} />}
    >
      <Answer query={connection}>
        {(data) => (
          <>
            <Panel>
              <Facts facts={[[words.check, <CheckMark key="check" check={data.check} />]]} />
            </Panel>
            <TableBrowser connectionId={connectionId} />
          </>
        )}
      </Answer>
    </Page>
  );
}

function Actions({ connection }: { connection: connectionsApi.Connection }) {
  const { text, format } = useReader();
  const words = text.warehouse.connections;
  const { message, modal } = App.useApp();
  const navigate = useNavigate();
  const mayWrite = useMay(connectionsApi.updateConnection);
  const [editing, setEditing] = useState(false);
  const params = { connectionId: connection.connectionId };
  const test = useWrite(connectionsApi.testConnection, [
    connectionsApi.readConnection,
    connectionsApi.listConnections,
    connectionsApi.listSourceTables,
  ]);
  const remove = useWrite(connectionsApi.deleteConnection, [connectionsApi.listConnections]);
  if (!mayWrite) return null;
  const runTest = () =>
    test.mutate(
      { params },
      {
        onSuccess: ({ ok, tookMs, message: why }) =>
          ok
            ? void message.success(words.tested(format.integer(Math.round(tookMs))))
            : void message.error(why ?? words.failed),
        onError: (error) => void message.error(sentenceOf(error, text)),
      },
    );
  const removeIt = async () => {
    await remove.mutateAsync({ params });
    await navigate('/data/connections');
  };
  return (
    <>
      <Button type="primary" loading={test.isPending} onClick={runTest}>
        {test.isPending ? words.testing : words.test}
      </Button>
      <Button onClick={() => setEditing(true)}>{words.edit}</Button>
      <Button
        danger
        onClick={() =>
          void modal.confirm({
            title: words.remove,
            content: words.removeQuestion,
            okText: words.remove,
            cancelText: text.state.cancel,
            onOk: () => removeIt().catch((error: unknown) => void message.error(sentenceOf(error, text))),
          })
        }
      >
        {words.remove}
      </Button>
      {editing && <ConnectionDrawer connection={connection} onClose={() => setEditing(false)} />}
    </>
  );
}

function TableBrowser({ connectionId }: { connectionId: string }) {
  const { text } = useReader();
  const words = text.warehouse.connections;
  const [search, setSearch] = useUrlState('search');
  const [chosen, setChosen] = useUrlState('table');
  const [schema, table] = chosen === '' ? ['', ''] : (JSON.parse(chosen) as [string, string]);
  const tables = useRead(
    connectionsApi.listSourceTables,
    { params: { connectionId }, query: { search: search || undefined } },
    { keepPrevious: true },
  );
  return (
    <div className={styles.columns}>
      <Panel title={words.tables}>
        <div className={styles.browser}>
          <SearchField label={words.searchTables} value={search} onSearch={setSearch} />
          <Answer query={tables}>
            {({ items, truncated }) => (
              <>
                {items.length === 0 && <EmptyState small title={words.noTables} />}
                <ul className={styles.tables}>
                  {items.map((each) => {
                    const value = JSON.stringify([each.schema, each.table]);
                    return (
                      <li key={value}>
                        <button
                          type="button"
                          aria-current={value === chosen}
                          onClick={() => setChosen(value)}
                        >
                          {each.schema && <span className="faint">{each.schema}.</span>}
                          {each.table}
                        </button>
                      </li>
                    );
                  })}
                </ul>
                {truncated && <p className="faint">{words.truncated}</p>}
              </>
            )}
          </Answer>
        </div>
      </Panel>
      {table ? (
        <TablePreview key={chosen} connectionId={connectionId} schema={schema} table={table} />
      ) : (
        <Panel>
          <EmptyState small title={words.chooseTable} />
        </Panel>
      )}
    </div>
  );
}
