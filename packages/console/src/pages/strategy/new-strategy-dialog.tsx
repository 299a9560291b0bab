import { Form, Input, Radio } from 'antd';
import { useNavigate } from 'react-router-dom';
import { canvasApi } from '@wutong/contract';
import { useRead, useWrite } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import styles from './new-strategy-dialog.module.css';

interface Fields {
  name: string;
  description?: string;
  templateId: string;
}

/** Creates a strategy, blank or from a template of the industry, and opens it. */
export function NewStrategyDialog({ onClose }: { onClose: () => void }) {
  const { text, language } = useReader();
  const words = text.strategy;
  const navigate = useNavigate();
  const templates = useRead(canvasApi.listStrategyTemplates);
  const create = useWrite(canvasApi.createStrategy, [canvasApi.listStrategies]);
  const submit = async ({ name, description, templateId }: Fields) => {
    const made = await create.mutateAsync({
      body: { name, description: description ?? '', templateId: templateId || undefined },
    });
    void navigate(`/strategies/${made.strategyId}`);
  };
  return (
    <FormDialog<Fields>
      title={words.newStrategy}
      okText={words.create}
      width={620}
      busy={create.isPending}
      error={create.error}
      initialValues={{ templateId: '' }}
      onSend={submit}
      onClose={onClose}
    >
      <Form.Item name="name" label={words.name} rules={[{ required: true, message: words.nameMissing }]}>
        <Input placeholder={words.namePlaceholder} maxLength={200} autoFocus />
      </Form.Item>
      <Form.Item name="description" label={words.description}>
        <Input.TextArea rows={2} maxLength={2000} />
      </Form.Item>
      <Form.Item name="templateId" label={words.template}>
        <Radio.Group className={styles.templates}>
          <Radio value="">{words.blank}</Radio>
          {(templates.data?.items ?? []).map(({ templateId, title, purpose }) => (
            <Radio key={templateId} value={templateId}>
              <b>{title[language]}</b>
              <span className="faint">{purpose[language]}</span>
            </Radio>
          ))}
        </Radio.Group>
      </Form.Item>
    </FormDialog>
  );
}
