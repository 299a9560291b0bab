import { Button, Form, Input, Modal, Popconfirm, Select, Typography } from 'antd';
import { useState } from 'react';
import { platformApi, type ResponseOf } from '@wutong/contract';
import { useRead, useWrite } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { useMay } from '../../frame/session.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { Panel } from '../../parts/page.tsx';
import { RecordTable, type Column } from '../../parts/record-table.tsx';
import { Answer, EmptyState } from '../../parts/states.tsx';
import { TimeText } from '../../parts/time-text.tsx';

type Token = ResponseOf<typeof platformApi.listTokens>['items'][number];

/** API tokens: made for programs, revoked when they are not needed any more. */
export function TokenPanel() {
  const { text } = useReader();
  const words = text.access;
  const tokens = useRead(platformApi.listTokens);
  const mayWrite = useMay(platformApi.createToken);
  const [isMaking, setIsMaking] = useState(false);
  const columns: Column<Token>[] = [
    { key: 'name', title: words.tokenName, phone: 'title', render: ({ name }) => name },
    {
      key: 'user',
      title: words.tokenOwner,
      render: ({ userName }) => <code className="mono">{userName}</code>,
    },
    { key: 'created', title: words.created, render: ({ createdAt }) => <TimeText at={createdAt} /> },
    ...(mayWrite
      ? [{ key: 'revoke', title: '', render: (token: Token) => <RevokeButton token={token} /> }]
      : []),
  ];
  return (
    <Panel
      title={words.tokens}
      definition={words.tokensHint}
      flush
      extra={mayWrite && <Button onClick={() => setIsMaking(true)}>{words.newToken}</Button>}
    >
      <Answer query={tokens}>
        {({ items }) => (
          <RecordTable
            label={words.tokens}
            columns={columns}
            rows={items}
            rowKey={({ tokenId }) => tokenId}
            empty={<EmptyState small title={words.noTokens} hint={words.noTokensHint} />}
          />
        )}
      </Answer>
      {isMaking && <TokenDialog onClose={() => setIsMaking(false)} />}
    </Panel>
  );
}

function RevokeButton({ token }: { token: Token }) {
  const { text } = useReader();
  const revoke = useWrite(platformApi.revokeToken, [platformApi.listTokens]);
  return (
    <Popconfirm
      title={text.access.revokeSure}
      okText={text.access.revoke}
      cancelText={text.state.cancel}
      onConfirm={() => revoke.mutate({ params: { tokenId: token.tokenId } })}
    >
      <Button size="small" type="link" danger loading={revoke.isPending}>
        {text.access.revoke}
      </Button>
    </Popconfirm>
  );
}

function TokenDialog({ onClose }: { onClose: () => void }) {
  const { text } = useReader();
  const words = text.access;
  const users = useRead(platformApi.listUsers);
  const create = useWrite(platformApi.createToken, [platformApi.listTokens]);
  const made = create.data;
  if (made) {
    return (
      <Modal
        open
        title={words.newToken}
        okText={text.state.close}
        cancelButtonProps={{ style: { display: 'none' } }}
        onOk={onClose}
        onCancel={onClose}
      >
        <div className="stack">
          <p className="soft">{words.secretOnce}</p>
          <Typography.Text copyable className="mono" style={{ overflowWrap: 'anywhere' }}>
            {made.secret}
          </Typography.Text>
        </div>
      </Modal>
    );
  }
  return (
    <FormDialog<{ name: string; userId: string }>
      title={words.newToken}
      okText={words.newToken}
      busy={create.isPending}
      error={create.error}
      onSend={(body) => create.mutateAsync({ body })}
      onClose={onClose}
    >
      <Form.Item
        name="name"
        label={words.tokenName}
        rules={[{ required: true, whitespace: true, message: words.tokenNameMissing }]}
      >
        <Input autoFocus maxLength={100} />
      </Form.Item>
      <Form.Item
        name="userId"
        label={words.tokenOwner}
        rules={[{ required: true, message: words.tokenOwnerMissing }]}
      >
        <Select
          showSearch
          optionFilterProp="label"
          options={(users.data?.items ?? [])
            .filter(({ disabled }) => !disabled)
            .map(({ userId, displayName, name }) => ({
              value: userId,
              label: `${displayName} · ${name}`,
            }))}
        />
      </Form.Item>
    </FormDialog>
  );
}
