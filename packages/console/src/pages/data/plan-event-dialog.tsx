import { App, Form, Input, Radio } from 'antd';
import { ingestApi } from '@wutong/contract';
import { planStates, type PlanEvent } from '../../api/vocabulary.ts';
import { useWrite } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';

type Fields = Pick<PlanEvent, 'title' | 'meaning' | 'state'>;

/** Names an event and says what it means: the step from learnt to governed. */
export function PlanEventDialog({ event, onClose }: { event: PlanEvent; onClose: () => void }) {
  const { text } = useReader();
  const words = text.data.plan;
  const { message } = App.useApp();
  const save = useWrite(ingestApi.savePlanEvent, [ingestApi.listTrackingPlan]);
  const submit = async (body: Fields) => {
    await save.mutateAsync({ params: { event: event.event }, body });
    void message.success(words.saved);
    onClose();
  };
  return (
    <FormDialog<Fields>
      title={`${words.govern} · ${event.event}`}
      okText={text.state.save}
      busy={save.isPending}
      error={save.error}
      initialValues={{ title: event.title, meaning: event.meaning, state: event.state }}
      onSend={submit}
      onClose={onClose}
    >
      <Form.Item name="title" label={words.eventTitle}>
        <Input maxLength={200} autoFocus />
      </Form.Item>
      <Form.Item name="meaning" label={words.meaning}>
        <Input.TextArea rows={3} maxLength={2000} />
      </Form.Item>
      <Form.Item name="state" label={text.data.sources.state}>
        <Radio.Group options={planStates.map((value) => ({ value, label: words.state[value] }))} />
      </Form.Item>
    </FormDialog>
  );
}
