import { Form, Input, Modal } from 'antd';
import { linkingApi } from '@wutong/contract';
import { useWrite } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { sentenceOf } from '../../../parts/states.tsx';
import type { LinkingRun } from './run-words.ts';

/** Says what will be taken back, and asks why. */
export function WithdrawDialog({ run, onClose }: { run: LinkingRun; onClose: () => void }) {
  const { text, format } = useReader();
  const words = text.linking.run;
  const [form] = Form.useForm<{ reason: string }>();
  const withdraw = useWrite(linkingApi.withdrawLinking);
  const submit = async ({ reason }: { reason: string }) => {
    await withdraw.mutateAsync({ params: { runId: run.runId }, body: { reason } });
    onClose();
  };
  return (
    <Modal
      open
      title={words.withdrawTitle}
      okText={words.withdraw}
      okButtonProps={{ danger: true }}
      cancelText={text.state.cancel}
      confirmLoading={withdraw.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <p className="soft" style={{ marginBottom: 16 }}>
        {words.withdrawHint(format.integer((run.outcome?.linked ?? 0) + (run.outcome?.refused ?? 0)))}
      </p>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={(fields) => void submit(fields).catch(() => undefined)}
      >
        <Form.Item
          name="reason"
          label={words.reason}
          rules={[{ required: true, whitespace: true, min: 2, message: words.reasonShort }]}
        >
          <Input placeholder={words.reasonHint} maxLength={500} autoFocus />
        </Form.Item>
      </Form>
      {withdraw.error && (
        <p role="alert" style={{ color: 'var(--red)' }}>
          {sentenceOf(withdraw.error, text)}
        </p>
      )}
    </Modal>
  );
}
