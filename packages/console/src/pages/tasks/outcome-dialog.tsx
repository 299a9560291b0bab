import { App, Form, Input, Radio } from 'antd';
import { hubApi, type ResponseOf } from '@wutong/contract';
import { taskOutcomes } from '../../api/vocabulary.ts';
import { useWrite } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import styles from './tasks.module.css';

type Task = ResponseOf<typeof hubApi.listTasks>['items'][number];
interface Fields {
  outcome: (typeof taskOutcomes)[number];
  note?: string;
}

/** What came of a call: one tap and, if need be, a line. */
export function OutcomeDialog({ task, onClose }: { task: Task; onClose: () => void }) {
  const { text } = useReader();
  const words = text.tasks;
  const { message } = App.useApp();
  const record = useWrite(hubApi.recordTaskOutcome, [hubApi.listTasks]);
  const submit = async (body: Fields) => {
    await record.mutateAsync({ params: { taskId: task.taskId }, body });
    void message.success(words.recorded);
    onClose();
  };
  return (
    <FormDialog<Fields>
      title={task.title}
      okText={words.record}
      busy={record.isPending}
      error={record.error}
      onSend={submit}
      onClose={onClose}
    >
      <Form.Item
        name="outcome"
        label={words.outcome}
        rules={[{ required: true, message: words.chooseOutcome }]}
      >
        <Radio.Group className={styles.outcomes} optionType="button">
          {taskOutcomes.map((value) => (
            <Radio.Button key={value} value={value}>
              {words.outcomes[value]}
            </Radio.Button>
          ))}
        </Radio.Group>
      </Form.Item>
      <Form.Item name="note" label={words.note}>
        <Input.TextArea rows={3} maxLength={2000} placeholder={words.notePlaceholder} />
      </Form.Item>
    </FormDialog>
  );
}
