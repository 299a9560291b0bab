import { App, Button, Drawer, Form } from 'antd';
import { profileApi, type Field } from '@wutong/contract';
import { useWrite } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { useMay } from '../../frame/session.tsx';
import { useReturnFocus } from '../../parts/use-return-focus.ts';
import { DeclarationError } from './declaration-error.tsx';
import { FieldForm } from './field-form.tsx';
import { fieldOf, fieldValuesOf, newField, type FieldValues } from './field-values.ts';

interface AttributeDrawerProps {
  field: Field | undefined;
  taken: readonly Field[];
  onClose: () => void;
}

/** An attribute of people: declare it, or retitle and classify it. */
export function AttributeDrawer({ field, taken, onClose }: AttributeDrawerProps) {
  useReturnFocus();
  const { text, language } = useReader();
  const words = text.models;
  const { message } = App.useApp();
  const mayWrite = useMay(profileApi.declareAttribute);
  const [form] = Form.useForm<FieldValues>();
  const save = useWrite(profileApi.declareAttribute, [profileApi.readCatalogue]);
  const submit = async (values: FieldValues) => {
    await save.mutateAsync({ body: fieldOf(values) });
    void message.success(words.saved);
    onClose();
  };
  return (
    <Drawer
      open
      size={560}
      title={field ? field.title[language] : words.create.attributes}
      onClose={onClose}
      extra={
        mayWrite && (
          <Button type="primary" loading={save.isPending} onClick={() => form.submit()}>
            {words.save}
          </Button>
        )
      }
    >
      {field?.learnt && <p className="faint">{words.learntHint}</p>}
      <FieldForm
        form={form}
        initialValues={field ? fieldValuesOf(field) : newField}
        stored={field}
        taken={taken}
        withPrecedence
        onFinish={(values) => void submit(values).catch(() => undefined)}
      />
      <DeclarationError error={save.error} />
    </Drawer>
  );
}
