import { Form, Input, Modal } from 'antd';
import { profileApi } from '@wutong/contract';
import type { PersonView } from '../../api/vocabulary.ts';
import { useWrite } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { sentenceOf } from '../../parts/states.tsx';

interface OpenValuesDialogProps {
  personIds: readonly number[];
  onOpened: (people: readonly PersonView[]) => void;
  onClose: () => void;
}

/** Asks for the purpose; the opening is recorded by the server before it answers. */
export function OpenValuesDialog({ personIds, onOpened, onClose }: OpenValuesDialogProps) {
  const { text } = useReader();
  const words = text.people;
  const [form] = Form.useForm<{ purpose: string }>();
  const open = useWrite(profileApi.openPerson, []);
  const submit = async ({ purpose }: { purpose: string }) => {
    const people: PersonView[] = [];
    // One after another: each opening is a line of the audit log of its own.
    for (const personId of personIds) {
      people.push(await open.mutateAsync({ params: { personId }, body: { purpose } }));
    }
    onOpened(people);
    onClose();
  };
  return (
    <Modal
      open
      title={words.openTitle}
      okText={words.open}
      cancelText={text.state.cancel}
      confirmLoading={open.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <p className="soft" style={{ marginBottom: 16 }}>
        {words.openHint}
      </p>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={(fields) => void submit(fields).catch(() => undefined)}
      >
        <Form.Item
          name="purpose"
          label={words.openPurpose}
          rules={[{ required: true, whitespace: true, min: 4, message: words.openPurposeShort }]}
        >
          <Input placeholder={words.openPurposePlaceholder} maxLength={500} autoFocus />
        </Form.Item>
      </Form>
      {open.error && (
        <p role="alert" style={{ color: 'var(--red)' }}>
          {sentenceOf(open.error, text)}
        </p>
      )}
    </Modal>
  );
}
