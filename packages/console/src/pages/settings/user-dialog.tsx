import { Form, Input, Select, Switch } from 'antd';
import { platformApi } from '@wutong/contract';
import { useWrite } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { wordFor } from '../../text/text.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import type { User } from './user.ts';

interface Fields {
  name: string;
  displayName: string;
  role: (typeof platformApi.roles)[number];
  institutionId: string;
  password: string;
  enabled: boolean;
}

const SHORTEST_PASSWORD = 10;

/** Makes a user, or changes one. */
export function UserDialog({ user, onClose }: { user: User | undefined; onClose: () => void }) {
  const { text } = useReader();
  const words = text.access;
  const create = useWrite(platformApi.createUser, [platformApi.listUsers]);
  const edit = useWrite(platformApi.editUser, [platformApi.listUsers]);
  const error = create.error ?? edit.error;

  const save = async ({ name, displayName, role, institutionId, password, enabled }: Fields) => {
    const institution = institutionId.trim();
    if (!user) {
      const body = {
        name,
        displayName,
        role,
        password,
        ...(institution ? { institutionId: institution } : {}),
      };
      await create.mutateAsync({ body });
      return onClose();
    }
    const body = {
      ...(displayName === user.displayName ? {} : { displayName }),
      ...(role === user.role ? {} : { role }),
      ...(institution === (user.institutionId ?? '') ? {} : { institutionId: institution || null }),
      ...(enabled === !user.disabled ? {} : { disabled: !enabled }),
      ...(password ? { password } : {}),
    };
    await edit.mutateAsync({ params: { userId: user.userId }, body });
    onClose();
  };

  return (
    <FormDialog<Fields>
      title={user ? words.editUser : words.newUser}
      okText={user ? words.save : words.newUser}
      busy={create.isPending || edit.isPending}
      error={error}
      initialValues={{
        name: user?.name ?? '',
        displayName: user?.displayName ?? '',
        role: user?.role ?? 'marketer',
        institutionId: user?.institutionId ?? '',
        password: '',
        enabled: !user?.disabled,
      }}
      onSend={save}
      onClose={onClose}
    >
      <Form.Item
        name="displayName"
        label={words.displayName}
        rules={[{ required: true, whitespace: true, message: words.displayNameMissing }]}
      >
        <Input autoFocus maxLength={100} />
      </Form.Item>
      <Form.Item
        name="name"
        label={words.loginName}
        extra={user ? undefined : words.loginNameHint}
        rules={
          user ? [] : [{ required: true, pattern: /^[a-z0-9_.@-]{2,100}$/, message: words.loginNameWrong }]
        }
      >
        <Input className="mono" disabled={user !== undefined} autoComplete="off" />
      </Form.Item>
      <Form.Item name="role" label={words.role}>
        <Select
          options={platformApi.roles.map((role) => ({
            value: role,
            label: wordFor(text.frame.roles, role),
          }))}
        />
      </Form.Item>
      <Form.Item name="institutionId" label={words.institution} extra={words.institutionHint}>
        <Input className="mono" maxLength={200} placeholder={words.wholeBank} />
      </Form.Item>
      <Form.Item
        name="password"
        label={user ? words.newPassword : words.password}
        extra={user ? words.newPasswordHint : undefined}
        rules={[{ required: !user, min: SHORTEST_PASSWORD, message: words.passwordShort }]}
      >
        <Input.Password autoComplete="new-password" maxLength={500} />
      </Form.Item>
      {user && (
        <Form.Item name="enabled" label={words.enabled} extra={words.enabledHint} valuePropName="checked">
          <Switch />
        </Form.Item>
      )}
    </FormDialog>
  );
}
