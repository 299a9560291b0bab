import { Form, Input, Modal } from 'antd';
import { outputsApi } from '@wutong/contract';
import { useWrite } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { TrialFailure } from '../kafka/trial-failure.tsx';
import { EnterSubmits } from '../../../parts/enter-submits.tsx';
import type { ShownPassword } from './password-dialog.tsx';

interface NewReaderDialogProps {
  onMade: (shown: ShownPassword) => void;
  onClose: () => void;
}

/** Names a new reader. */
export function NewReaderDialog({ onMade, onClose }: NewReaderDialogProps) {
  const { text } = useReader();
  const words = text.readers;
  const [form] = Form.useForm<{ name: string }>();
  const create = useWrite(outputsApi.createReader, [outputsApi.listReaders]);
  const submit = ({ name }: { name: string }) =>
    create.mutate(
      { body: { name } },
      {
        onSuccess: ({ reader, password, url, database }) =>
          onMade({ user: reader.user, password, url, database }),
      },
    );
  return (
    <Modal
      open
      title={words.create}
      okText={words.create}
      cancelText={text.state.cancel}
      confirmLoading={create.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <Form form={form} layout="vertical" requiredMark={false} onFinish={submit}>
        <Form.Item
          name="name"
          label={words.name}
          extra={words.nameHint}
          rules={[{ required: true, pattern: /^[a-z][a-z0-9_]{0,30}$/, message: words.nameWrong }]}
        >
          <Input autoFocus className="mono" maxLength={31} />
        </Form.Item>
        <EnterSubmits />
      </Form>
      {create.error && <TrialFailure error={create.error} />}
    </Modal>
  );
}
