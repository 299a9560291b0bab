import { Button } from 'antd';
import { useState } from 'react';
import { platformApi } from '@wutong/contract';
import { useRead } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { useMay } from '../../frame/session.tsx';
import { Panel } from '../../parts/page.tsx';
import { RecordTable, type Column } from '../../parts/record-table.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { Answer, EmptyState } from '../../parts/states.tsx';
import { wordFor } from '../../text/text.ts';
import { UserDialog } from './user-dialog.tsx';
import type { User } from './user.ts';

/** Who may use the console. */
export function UserPanel() {
  const { text } = useReader();
  const words = text.data.settings;
  const users = useRead(platformApi.listUsers);
  const mayWrite = useMay(platformApi.editUser);
  const [open, setOpen] = useState<User | 'new'>();
  const columns: Column<User>[] = [
    { key: 'name', title: words.user, phone: 'title', render: ({ displayName }) => displayName },
    { key: 'login', title: words.loginName, render: ({ name }) => <code className="mono">{name}</code> },
    { key: 'role', title: words.role, render: ({ role }) => wordFor(text.frame.roles, role) },
    {
      key: 'institution',
      title: text.access.institution,
      render: ({ institutionId }) => institutionId ?? text.access.wholeBank,
    },
    {
      key: 'state',
      title: words.state,
      render: ({ disabled }) => (
        <StateMark tone={disabled ? 'quiet' : 'good'}>{disabled ? words.disabled : words.enabled}</StateMark>
      ),
    },
    ...(mayWrite
      ? [
          {
            key: 'edit',
            title: '',
            render: (user: User) => (
              <Button
                size="small"
                type="link"
                aria-label={`${text.access.edit} ${user.displayName}`}
                onClick={() => setOpen(user)}
              >
                {text.access.edit}
              </Button>
            ),
          },
        ]
      : []),
  ];
  return (
    <Panel
      title={words.users}
      flush
      extra={mayWrite && <Button onClick={() => setOpen('new')}>{text.access.newUser}</Button>}
    >
      <Answer query={users}>
        {({ items }) => (
          <RecordTable
            label={words.users}
            columns={columns}
            rows={items}
            rowKey={({ userId }) => userId}
            empty={<EmptyState small title={text.state.none} />}
          />
        )}
      </Answer>
      {open && <UserDialog user={open === 'new' ? undefined : open} onClose={() => setOpen(undefined)} />}
    </Panel>
  );
}
