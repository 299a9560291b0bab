import type { ReactNode } from 'react';
import { Form, Modal, type FormInstance } from 'antd';
import { useReader } from '../frame/reader.tsx';
import { EnterSubmits } from './enter-submits.tsx';
import { FormProblem } from './form-problem.tsx';
import { useReturnFocus } from './use-return-focus.ts';

interface FormDialogProps<Fields> {
  title: ReactNode;
  /** What the button says that sends it. */
  okText: string;
  danger?: boolean | undefined;
  width?: number;
  /** It is being sent. */
  busy: boolean;
  /** Why it was refused, where the fields do not say it themselves. */
  error?: unknown;
  /** Whether it can be sent as it stands, where fields have no rules of their own. */
  isReady?: boolean;
  /** For fields that ask each other. */
  form?: FormInstance<Fields>;
  initialValues?: Partial<Record<keyof Fields, unknown>>;
  /** The dialog stays open when it rejects, and shows `error`. */
  onSend: (fields: Fields) => Promise<unknown>;
  onClose: () => void;
  /** What stands above the fields. */
  lead?: ReactNode;
  children: ReactNode;
}

/** A form in a dialog: sent by its button or by Enter, with the reason in red where it was refused. */
export function FormDialog<Fields extends object>(props: FormDialogProps<Fields>) {
  const { text } = useReader();
  useReturnFocus();
  const [own] = Form.useForm<Fields>();
  const { form = own, isReady = true } = props;
  const send = (fields: Fields) => {
    if (isReady) void props.onSend(fields).catch(() => undefined);
  };
  return (
    <Modal
      open
      title={props.title}
      width={props.width}
      okText={props.okText}
      okButtonProps={{ danger: props.danger ?? false, disabled: !isReady }}
      cancelText={text.state.cancel}
      confirmLoading={props.busy}
      onOk={() => form.submit()}
      onCancel={props.onClose}
    >
      {props.lead}
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        autoComplete="off"
        initialValues={props.initialValues}
        onFinish={send}
      >
        {props.children}
        <FormProblem error={props.error} />
        <EnterSubmits />
      </Form>
    </Modal>
  );
}
