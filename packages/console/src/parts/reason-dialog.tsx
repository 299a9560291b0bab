import { Form, Input, Modal } from 'antd';
import { useReader } from '../frame/reader.tsx';
import { EnterSubmits } from './enter-submits.tsx';
import { FormProblem } from './form-problem.tsx';

interface ReasonDialogProps {
  title: string;
  hint: string;
  okText: string;
  danger?: boolean;
  label: string;
  placeholder: string;
  /** Characters that a reason has at least, and what is said of a shorter one. */
  minimum: number;
  tooShort: string;
  pending: boolean;
  error: unknown;
  onSubmit: (reason: string) => Promise<void>;
  onClose: () => void;
}

/** Says what will happen and asks why, for what goes into the audit with its reason. Closes when it is done. */
export function ReasonDialog(props: ReasonDialogProps) {
  const { text } = useReader();
  const [form] = Form.useForm<{ reason: string }>();
  const submit = async ({ reason }: { reason: string }) => {
    await props.onSubmit(reason);
    props.onClose();
  };
  return (
    <Modal
      open
      title={props.title}
      okText={props.okText}
      okButtonProps={{ danger: props.danger ?? false }}
      cancelText={text.state.cancel}
      confirmLoading={props.pending}
      onOk={() => form.submit()}
      onCancel={props.onClose}
    >
      <p className="soft" style={{ marginBottom: 16 }}>
        {props.hint}
      </p>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={(fields) => void submit(fields).catch(() => undefined)}
      >
        <Form.Item
          name="reason"
          label={props.label}
          rules={[{ required: true, whitespace: true, min: props.minimum, message: props.tooShort }]}
        >
          <Input placeholder={props.placeholder} maxLength={500} autoFocus />
        </Form.Item>
        <EnterSubmits />
      </Form>
      <FormProblem error={props.error} />
    </Modal>
  );
}
