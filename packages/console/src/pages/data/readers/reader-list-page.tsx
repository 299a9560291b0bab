import { useState } from 'react';
import { App, Button } from 'antd';
import { outputsApi, type ResponseOf } from '@wutong/contract';
import { CALM_MS, useRead, useWrite } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { useMay } from '../../../frame/session.tsx';
import { FoldablePanel } from '../../../parts/foldable-panel.tsx';
import { Page, Panel } from '../../../parts/page.tsx';
import { RecordTable, type Column } from '../../../parts/record-table.tsx';
import { Answer, EmptyState, sentenceOf } from '../../../parts/states.tsx';
import { TimeText } from '../../../parts/time-text.tsx';
import { ConnectionLines } from './connection-panel.tsx';
import { NewReaderDialog } from './new-reader-dialog.tsx';
import { PasswordDialog, type ShownPassword } from './password-dialog.tsx';
import { VisibleTables } from './visible-tables.tsx';

type Reader = outputsApi.Reader;
type Readers = ResponseOf<typeof outputsApi.listReaders>;

const NEWEST = 'wutong_reader_bi';

/** Read-only users of ClickHouse: who they are, how they connect, what they see. */
export default function ReaderListPage() {
  const { text } = useReader();
  const words = text.readers;
  const mayWrite = useMay(outputsApi.createReader);
  const [creating, setCreating] = useState(false);
  const [shown, setShown] = useState<ShownPassword>();
  const readers = useRead(outputsApi.listReaders, undefined, { refetchIntervalMs: CALM_MS });
  const create = mayWrite && (
    <Button type="primary" onClick={() => setCreating(true)}>
      {words.create}
    </Button>
  );
  return (
    <Page
      title={words.title}
      lead={mayWrite ? words.lead : `${words.lead} ${words.readOnly}`}
      actions={create}
    >
      <Panel flush>
        <Answer query={readers}>
          {(data) => <ReaderTable readers={data} create={create} onPassword={setShown} />}
        </Answer>
      </Panel>
      <FoldablePanel title={words.connect} summary={readers.data?.database}>
        <Answer query={readers}>
          {({ items, url, database }) => (
            <>
              <p className="faint">{words.connectHint}</p>
              <p className="faint">
                {words.database} <code className="mono">{database}</code>
              </p>
              <ConnectionLines url={url} database={database} user={items[0]?.user ?? NEWEST} />
            </>
          )}
        </Answer>
      </FoldablePanel>
      <VisibleTables />
      {creating && (
        <NewReaderDialog
          onClose={() => setCreating(false)}
          onMade={(made) => {
            setCreating(false);
            setShown(made);
          }}
        />
      )}
      {shown && <PasswordDialog shown={shown} onClose={() => setShown(undefined)} />}
    </Page>
  );
}

interface ReaderTableProps {
  readers: Readers;
  create: React.ReactNode;
  onPassword: (shown: ShownPassword) => void;
}

function ReaderTable({ readers, create, onPassword }: ReaderTableProps) {
  const { text, format } = useReader();
  const words = text.readers;
  const columns: Column<Reader>[] = [
    { key: 'name', title: words.name, phone: 'title', render: ({ name }) => <b>{name}</b> },
    { key: 'user', title: words.user, render: ({ user }) => <code className="mono">{user}</code> },
    {
      key: 'tables',
      title: words.tables,
      render: ({ tables }) => words.tableCount(format.integer(tables.length)),
    },
    {
      key: 'created',
      title: words.created,
      render: ({ createdAt }) => <TimeText at={createdAt} form="full" />,
    },
    {
      key: 'actions',
      title: '',
      render: (reader) => <Actions reader={reader} readers={readers} onPassword={onPassword} />,
    },
  ];
  return (
    <RecordTable
      label={words.title}
      columns={columns}
      rows={readers.items}
      rowKey={({ name }) => name}
      empty={<EmptyState title={words.none} hint={words.noneHint} action={create} />}
    />
  );
}

interface ActionsProps {
  reader: Reader;
  readers: Readers;
  onPassword: (shown: ShownPassword) => void;
}

function Actions({ reader, readers: { url, database }, onPassword }: ActionsProps) {
  const { text } = useReader();
  const words = text.readers;
  const { modal, message } = App.useApp();
  const mayWrite = useMay(outputsApi.revokeReader);
  const rotate = useWrite(outputsApi.rotateReader, []);
  const revoke = useWrite(outputsApi.revokeReader, [outputsApi.listReaders]);
  if (!mayWrite) return null;
  const params = { name: reader.name };
  const onError = (error: unknown) => void message.error(sentenceOf(error, text));
  const ask = (title: string, content: string, onOk: () => void) =>
    void modal.confirm({
      title: `${title} · ${reader.user}`,
      content,
      okText: title,
      cancelText: text.state.cancel,
      onOk,
    });
  return (
    <span className="row">
      <Button
        size="small"
        loading={rotate.isPending}
        onClick={() =>
          ask(words.rotate, words.rotateQuestion, () =>
            rotate.mutate(
              { params },
              {
                onSuccess: ({ password }) => onPassword({ user: reader.user, password, url, database }),
                onError,
              },
            ),
          )
        }
      >
        {words.rotate}
      </Button>
      <Button
        size="small"
        danger
        loading={revoke.isPending}
        onClick={() =>
          ask(words.revoke, words.revokeQuestion, () =>
            revoke.mutate({ params }, { onSuccess: () => void message.success(words.revoked), onError }),
          )
        }
      >
        {words.revoke}
      </Button>
    </span>
  );
}
