import { App, Form, Input, Radio, Select } from 'antd';
import { ingestApi, piiClasses } from '@wutong/contract';
import { planStates, type PlanProperty } from '../../api/vocabulary.ts';
import { useWrite } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { wordFor } from '../../text/text.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';

type Fields = Pick<PlanProperty, 'title' | 'meaning' | 'type' | 'piiClass' | 'state'>;

interface PlanPropertyDialogProps {
  event: string;
  property: PlanProperty;
  onClose: () => void;
}

/** A property of an event: what it is called, means, holds, and whether it is personal. */
export function PlanPropertyDialog({ event, property, onClose }: PlanPropertyDialogProps) {
  const { text } = useReader();
  const words = text.data.plan;
  const { message } = App.useApp();
  const save = useWrite(ingestApi.savePlanProperty, [ingestApi.listTrackingPlan]);
  const submit = async (body: Fields) => {
    await save.mutateAsync({ params: { event, property: property.property }, body });
    void message.success(words.saved);
    onClose();
  };
  return (
    <FormDialog<Fields>
      title={`${words.govern} · ${property.property}`}
      okText={text.state.save}
      busy={save.isPending}
      error={save.error}
      initialValues={property}
      onSend={submit}
      onClose={onClose}
    >
      <Form.Item name="title" label={words.eventTitle}>
        <Input maxLength={200} autoFocus />
      </Form.Item>
      <Form.Item name="meaning" label={words.meaning}>
        <Input.TextArea rows={2} maxLength={2_000} />
      </Form.Item>
      <Form.Item name="type" label={words.type} extra={words.typeHint}>
        <Select
          options={ingestApi.planValueTypes.map((value) => ({
            value,
            label: wordFor(text.words.valueType, value),
          }))}
        />
      </Form.Item>
      <Form.Item name="piiClass" label={words.pii}>
        <Radio.Group options={piiClasses.map((value) => ({ value, label: words.piiClass[value] }))} />
      </Form.Item>
      <Form.Item name="state" label={text.data.sources.state}>
        <Radio.Group options={planStates.map((value) => ({ value, label: words.state[value] }))} />
      </Form.Item>
    </FormDialog>
  );
}
