import { App, Button, Drawer, Form, Input, InputNumber, Select, Switch } from 'antd';
import { useNavigate } from 'react-router-dom';
import { connectionsApi } from '@wutong/contract';
import { useRead, useWrite } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { EnterSubmits } from '../../../parts/enter-submits.tsx';
import { FormProblem } from '../../../parts/form-problem.tsx';
import { useReturnFocus } from '../../../parts/use-return-focus.ts';

type Connection = connectionsApi.Connection;
type ConnectionField = connectionsApi.ConnectionField;
type Value = string | number | boolean | null | undefined;

interface Values {
  connectionId: string;
  name: string;
  kind: string;
  fields?: Record<string, Value>;
}

interface ConnectionDrawerProps {
  connection: Connection | undefined;
  onClose: () => void;
}

/** What a connection needs: asked field by field as its kind declares it. */
export function ConnectionDrawer({ connection, onClose }: ConnectionDrawerProps) {
  useReturnFocus();
  const { text, language } = useReader();
  const words = text.warehouse.connections;
  const { message } = App.useApp();
  const navigate = useNavigate();
  const [form] = Form.useForm<Values>();
  const kinds = useRead(connectionsApi.listConnectionKinds);
  const refreshes = [connectionsApi.listConnections, connectionsApi.readConnection];
  const create = useWrite(connectionsApi.createConnection, refreshes);
  const update = useWrite(connectionsApi.updateConnection, refreshes);
  const kindName = Form.useWatch('kind', form) ?? connection?.kind;
  const kind = kinds.data?.items.find((each) => each.kind === kindName);
  const submit = async (values: Values) => {
    const { settings, secrets } = splitFields(kind?.fields ?? [], values.fields ?? {});
    const { connectionId, name } = values;
    if (connection) {
      await update.mutateAsync({ params: { connectionId }, body: { name, settings, secrets } });
    } else {
      await create.mutateAsync({ body: { connectionId, name, kind: values.kind, settings, secrets } });
    }
    void message.success(words.saved);
    onClose();
    await navigate(`/data/connections/${connectionId}`);
  };
  const error = create.error ?? update.error;
  const required = [{ required: true, message: words.required }];
  return (
    <Drawer
      open
      size={520}
      title={connection ? connection.name : words.create}
      onClose={onClose}
      extra={
        <Button type="primary" loading={create.isPending || update.isPending} onClick={() => form.submit()}>
          {text.state.save}
        </Button>
      }
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={connection && { ...connection, fields: connection.settings }}
        onFinish={(values) => void submit({ ...connection, ...values }).catch(() => undefined)}
      >
        <Form.Item name="kind" label={words.kind} rules={required}>
          <Select
            disabled={connection !== undefined}
            options={(kinds.data?.items ?? []).map((each) => ({
              value: each.kind,
              label: each.title[language],
            }))}
          />
        </Form.Item>
        <Form.Item name="name" label={words.name} rules={required}>
          <Input maxLength={200} />
        </Form.Item>
        {!connection && (
          <Form.Item
            name="connectionId"
            label={words.id}
            extra={words.idHint}
            rules={[{ required: true, pattern: /^[a-z][a-z0-9_]{0,62}$/, message: words.idWrong }]}
          >
            <Input className="mono" />
          </Form.Item>
        )}
        {kind?.fields.map((field) => (
          <KindField key={field.name} field={field} kept={connection?.secretsSet.includes(field.name)} />
        ))}
        <EnterSubmits />
      </Form>
      <FormProblem error={error} />
    </Drawer>
  );
}

function KindField({ field, kept = false }: { field: ConnectionField; kept?: boolean }) {
  const { text, language } = useReader();
  const words = text.warehouse.connections;
  const { name, title, type, choices, standard } = field;
  const control = {
    text: <Input className="mono" />,
    number: <InputNumber style={{ width: 160 }} />,
    boolean: <Switch />,
    choice: <Select options={(choices ?? []).map((value) => ({ value, label: value }))} />,
    secret: <Input.Password autoComplete="new-password" placeholder={kept ? words.keptSecret : undefined} />,
  }[type];
  return (
    <Form.Item
      name={['fields', name]}
      label={title[language]}
      initialValue={standard}
      rules={field.required && !kept ? [{ required: true, message: words.required }] : []}
    >
      {control}
    </Form.Item>
  );
}

/** Secrets go apart from what may be shown again; what is empty is left out. */
function splitFields(fields: readonly ConnectionField[], values: Record<string, Value>) {
  const settings: Record<string, string | number | boolean> = {};
  const secrets: Record<string, string> = {};
  for (const { name, type } of fields) {
    const value = values[name];
    if (value === undefined || value === null || value === '') continue;
    if (type === 'secret') secrets[name] = String(value);
    else settings[name] = value;
  }
  return { settings, secrets };
}
