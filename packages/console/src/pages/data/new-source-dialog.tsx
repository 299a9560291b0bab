import { Form, Input, Modal, Radio, Typography } from 'antd';
import { useNavigate } from 'react-router-dom';
import { ingestApi } from '@wutong/contract';
import { useWrite } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { EnterSubmits } from '../../parts/enter-submits.tsx';
import { FormProblem } from '../../parts/form-problem.tsx';

interface Fields {
  sourceId: string;
  name: string;
  mode: 'lenient' | 'strict';
}

/** Creates a source and shows its first key, which nobody can read again. */
export function NewSourceDialog({ onClose }: { onClose: () => void }) {
  const { text } = useReader();
  const words = text.data.sources;
  const navigate = useNavigate();
  const [form] = Form.useForm<Fields>();
  const create = useWrite(ingestApi.createSource, [ingestApi.listSources]);
  const made = create.data;
  return (
    <Modal
      open
      title={made ? words.created : words.create}
      okText={made ? text.state.close : words.create}
      cancelText={text.state.cancel}
      cancelButtonProps={made ? { style: { display: 'none' } } : undefined}
      confirmLoading={create.isPending}
      onOk={() => (made ? void navigate(`/data/sources/${made.source.sourceId}`) : form.submit())}
      onCancel={onClose}
    >
      {made ? (
        <SourceKey value={made.key} />
      ) : (
        <Form
          form={form}
          layout="vertical"
          requiredMark={false}
          initialValues={{ mode: 'lenient' }}
          onFinish={(body) => create.mutate({ body })}
        >
          <Form.Item name="name" label={words.name} rules={[{ required: true, message: words.nameMissing }]}>
            <Input autoFocus maxLength={200} />
          </Form.Item>
          <Form.Item
            name="sourceId"
            label={words.id}
            extra={words.idHint}
            rules={[{ required: true, pattern: /^[a-z][a-z0-9_]{0,62}$/, message: words.idWrong }]}
          >
            <Input className="mono" />
          </Form.Item>
          <Form.Item name="mode" label={words.mode} extra={words.modesDefinition}>
            <Radio.Group
              options={[
                { value: 'lenient', label: words.modes.lenient },
                { value: 'strict', label: words.modes.strict },
              ]}
            />
          </Form.Item>
          <FormProblem error={create.error} />
          <EnterSubmits />
        </Form>
      )}
    </Modal>
  );
}

/** A key that is shown once. */
export function SourceKey({ value }: { value: string }) {
  const { text } = useReader();
  return (
    <div className="stack">
      <p className="soft">{text.data.sources.keyOnce}</p>
      <Typography.Text copyable className="mono" style={{ overflowWrap: 'anywhere' }}>
        {value}
      </Typography.Text>
    </div>
  );
}
