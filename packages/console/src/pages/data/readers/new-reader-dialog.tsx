import { Form, Input } from 'antd';
import { outputsApi } from '@wutong/contract';
import { useWrite } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { TrialFailure } from '../kafka/trial-failure.tsx';
import { FormDialog } from '../../../parts/form-dialog.tsx';
import type { ShownPassword } from './password-dialog.tsx';

interface NewReaderDialogProps {
  onMade: (shown: ShownPassword) => void;
  onClose: () => void;
}

/** Names a new reader. */
export function NewReaderDialog({ onMade, onClose }: NewReaderDialogProps) {
  const { text } = useReader();
  const words = text.readers;
  const create = useWrite(outputsApi.createReader, [outputsApi.listReaders]);
  const submit = async ({ name }: { name: string }) => {
    const { reader, password, url, database } = await create.mutateAsync({ body: { name } });
    onMade({ user: reader.user, password, url, database });
  };
  return (
    <FormDialog<{ name: string }>
      title={words.create}
      okText={words.create}
      busy={create.isPending}
      onSend={submit}
      onClose={onClose}
    >
      <Form.Item
        name="name"
        label={words.name}
        extra={words.nameHint}
        rules={[{ required: true, pattern: /^[a-z][a-z0-9_]{0,30}$/, message: words.nameWrong }]}
      >
        <Input autoFocus className="mono" maxLength={31} />
      </Form.Item>
      {create.error && <TrialFailure error={create.error} />}
    </FormDialog>
  );
}
