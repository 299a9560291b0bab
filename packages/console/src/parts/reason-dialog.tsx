import { Form, Input } from 'antd';
import { FormDialog } from './form-dialog.tsx';

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
  const submit = async ({ reason }: { reason: string }) => {
    await props.onSubmit(reason);
    props.onClose();
  };
  return (
    <FormDialog<{ reason: string }>
      title={props.title}
      okText={props.okText}
      danger={props.danger}
      busy={props.pending}
      error={props.error}
      onSend={submit}
      onClose={props.onClose}
      lead={
        <p className="soft" style={{ marginBottom: 16 }}>
          {props.hint}
        </p>
      }
    >
      <Form.Item
        name="reason"
        label={props.label}
        rules={[{ required: true, whitespace: true, min: props.minimum, message: props.tooShort }]}
      >
        <Input placeholder={props.placeholder} maxLength={500} autoFocus />
      </Form.Item>
    </FormDialog>
  );
}
