import { useState } from 'react';
import { Button, Popconfirm } from 'antd';
import { useNavigate } from 'react-router-dom';
import { connectionsApi, type ResponseOf } from '@wutong/contract';
import { CALM_MS, useRead, useWrite } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { useMay } from '../../../frame/session.tsx';
import { FormProblem } from '../../../parts/form-problem.tsx';
import { Page, Panel } from '../../../parts/page.tsx';
import { RecordTable, type Column } from '../../../parts/record-table.tsx';
import { StateMark } from '../../../parts/state-mark.tsx';
import { Answer, EmptyState } from '../../../parts/states.tsx';
import { TimeText } from '../../../parts/time-text.tsx';
import { ConnectionDrawer } from './connection-drawer.tsx';
import { ReachPanel } from './reach-panel.tsx';

type Connection = connectionsApi.Connection;
type MappedTable = ResponseOf<typeof connectionsApi.listMappedTables>['items'][number];

/** Connections with their last test, and the tables that are mapped from them. */
export default function ConnectionListPage() {
  const { text, language } = useReader();
  const words = text.warehouse.connections;
  const navigate = useNavigate();
  const mayWrite = useMay(connectionsApi.createConnection);
  const [creating, setCreating] = useState(false);
  const kinds = useRead(connectionsApi.listConnectionKinds);
  const connections = useRead(connectionsApi.listConnections, undefined, { refetchIntervalMs: CALM_MS });
  const kindName = (kind: string): string =>
    kinds.data?.items.find((each) => each.kind === kind)?.title[language] ?? kind;
  const create = mayWrite && (
    <Button type="primary" onClick={() => setCreating(true)}>
      {words.create}
    </Button>
  );
  const columns: Column<Connection>[] = [
    {
      key: 'name',
      title: words.name,
      phone: 'title',
      render: ({ connectionId, name }) => (
        <>
          <b>{name}</b> <code className="mono faint">{connectionId}</code>
        </>
      ),
    },
    { key: 'kind', title: words.kind, render: ({ kind }) => kindName(kind) },
    { key: 'target', title: words.target, ellipsis: true, render: ({ settings }) => targetOf(settings) },
    { key: 'check', title: words.check, render: ({ check }) => <CheckMark check={check} /> },
  ];
  return (
    <Page title={words.title} lead={words.lead} actions={create}>
      <Panel flush>
        <Answer query={connections}>
          {({ items }) => (
            <RecordTable
              label={words.title}
              columns={columns}
              rows={items}
              rowKey={({ connectionId }) => connectionId}
              onOpen={({ connectionId }) => void navigate(`/data/connections/${connectionId}`)}
              empty={<EmptyState title={words.none} hint={words.noneHint} action={create} />}
            />
          )}
        </Answer>
      </Panel>
      <MappedTables />
      <ReachPanel />
      {creating && <ConnectionDrawer connection={undefined} onClose={() => setCreating(false)} />}
    </Page>
  );
}

/** Where a connection leads, from whichever settings its kind has. */
export function targetOf(settings: Connection['settings']): string {
  const { host, port, database, folder, endpoint, bucket, prefix } = settings;
  const address =
    host === undefined ? undefined : [host, port].filter((each) => each !== undefined).join(':');
  return [address ?? endpoint ?? folder, database ?? bucket, prefix]
    .filter((each) => each !== undefined && each !== '')
    .join(' / ');
}

export function CheckMark({ check }: { check: Connection['check'] }) {
  const { connections: words } = useReader().text.warehouse;
  if (!check) return <StateMark tone="quiet">{words.untested}</StateMark>;
  return (
    <>
      <StateMark tone={check.ok ? 'good' : 'bad'}>{check.ok ? words.ok : words.failed}</StateMark>{' '}
      <span className="faint">
        <TimeText at={check.at} />
      </span>
      {check.message && <div className="faint">{check.message}</div>}
    </>
  );
}

function MappedTables() {
  const { text, format } = useReader();
  const words = text.warehouse.connections;
  const mayWrite = useMay(connectionsApi.deleteMappedTable);
  const tables = useRead(connectionsApi.listMappedTables, undefined, { refetchIntervalMs: CALM_MS });
  const remove = useWrite(connectionsApi.deleteMappedTable, [connectionsApi.listMappedTables]);
  const columns: Column<MappedTable>[] = [
    {
      key: 'name',
      title: words.mapName,
      phone: 'title',
      render: ({ tableName, description }) => (
        <>
          <code className="mono">{tableName}</code>
          {description && <div className="faint">{description}</div>}
        </>
      ),
    },
    {
      key: 'table',
      title: words.tables,
      render: ({ connectionId, schema, table }) =>
        [connectionId, schema, table].filter((each) => each !== '').join(' / '),
    },
    {
      key: 'columns',
      title: words.column,
      render: ({ columns: list }) => words.columns(format.integer(list.length)),
    },
    {
      key: 'actions',
      title: '',
      render: ({ tableName }) =>
        mayWrite && (
          <Popconfirm
            title={words.unmapQuestion}
            okText={words.unmap}
            cancelText={text.state.cancel}
            onConfirm={() => remove.mutate({ params: { tableName } })}
          >
            <Button size="small" type="link">
              {words.unmap}
            </Button>
          </Popconfirm>
        ),
    },
  ];
  return (
    <Panel flush title={words.mapped} extra={words.mappedLead}>
      <FormProblem error={remove.error} inset />
      <Answer query={tables}>
        {({ items }) => (
          <RecordTable
            label={words.mapped}
            columns={columns}
            rows={items}
            rowKey={({ tableName }) => tableName}
            empty={<EmptyState small title={words.mappedNone} />}
          />
        )}
      </Answer>
    </Panel>
  );
}
