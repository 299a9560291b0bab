import { App, Form, Input } from 'antd';
import { platformApi } from '@wutong/contract';
import { useWrite } from '../api/use-endpoint.ts';
import { FormDialog } from '../parts/form-dialog.tsx';
import { useReader } from './reader.tsx';

interface Fields {
  current: string;
  next: string;
  repeat: string;
}

const SHORTEST_PASSWORD = 10;

/** Changes one's own password. */
export function PasswordDialog({ onClose }: { onClose: () => void }) {
  const { text } = useReader();
  const words = text.access;
  const { message } = App.useApp();
  const [form] = Form.useForm<Fields>();
  const change = useWrite(platformApi.changePassword, []);
  const save = async ({ current, next }: Fields) => {
    await change.mutateAsync({ body: { current, next } });
    void message.success(words.changed);
    onClose();
  };
  return (
    <FormDialog<Fields>
      title={words.changePassword}
      okText={words.changePassword}
      busy={change.isPending}
      error={change.error}
      form={form}
      onSend={save}
      onClose={onClose}
    >
      <Form.Item name="current" label={words.current} rules={[{ required: true, message: words.current }]}>
        <Input.Password autoFocus autoComplete="current-password" maxLength={500} />
      </Form.Item>
      <Form.Item
        name="next"
        label={words.newPassword}
        rules={[{ required: true, min: SHORTEST_PASSWORD, message: words.passwordShort }]}
      >
        <Input.Password autoComplete="new-password" maxLength={500} />
      </Form.Item>
      <Form.Item
        name="repeat"
        label={words.repeat}
        dependencies={['next']}
        rules={[
          {
            validator: (_, value) =>
              value === form.getFieldValue('next')
                ? Promise.resolve()
                : Promise.reject(new Error(words.repeatWrong)),
          },
        ]}
      >
        <Input.Password autoComplete="new-password" maxLength={500} />
      </Form.Item>
    </FormDialog>
  );
}
