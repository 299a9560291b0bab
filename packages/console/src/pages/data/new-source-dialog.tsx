import { Form, Input, Modal, Radio, Typography } from 'antd';
import { useNavigate } from 'react-router-dom';
import { ingestApi } from '@wutong/contract';
import { useWrite } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';

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
  const create = useWrite(ingestApi.createSource, [ingestApi.listSources]);
  const made = create.data;
  if (made) {
    return (
      <Modal
        open
        title={words.created}
        okText={text.state.close}
        cancelButtonProps={{ style: { display: 'none' } }}
        onOk={() => void navigate(`/data/sources/${made.source.sourceId}`)}
        onCancel={onClose}
      >
        <SourceKey value={made.key} />
      </Modal>
    );
  }
  return (
    <FormDialog<Fields>
      title={words.create}
      okText={words.create}
      busy={create.isPending}
      error={create.error}
      initialValues={{ mode: 'lenient' }}
      onSend={(body) => create.mutateAsync({ body })}
      onClose={onClose}
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
    </FormDialog>
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
