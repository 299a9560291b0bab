import { App, Form, Input, InputNumber, Radio, Select } from 'antd';
import { identityApi, ingestApi } from '@wutong/contract';
import type { Source } from '../../api/vocabulary.ts';
import { useRead, useWrite } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { useMay } from '../../frame/session.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';

type Fields = Pick<Source, 'name' | 'mode' | 'loginKeyType' | 'anonymousKeyType' | 'maximumAgeDays'>;

/** The rules of a source: what it may send that nobody planned, whose ids it sends, how old records may be. */
export function SourceSettingsDialog({ source, onClose }: { source: Source; onClose: () => void }) {
  const { text, language } = useReader();
  const words = text.data.sources;
  const { message } = App.useApp();
  const types = useRead(identityApi.listKeyTypes, undefined, { enabled: useMay(identityApi.listKeyTypes) });
  const save = useWrite(ingestApi.updateSource, [ingestApi.readSource, ingestApi.listSources]);
  const submit = async (body: Fields) => {
    await save.mutateAsync({ params: { sourceId: source.sourceId }, body });
    void message.success(words.saved);
    onClose();
  };
  const keyTypes = (types.data?.items ?? []).map(({ type, title }) => ({
    value: type,
    label: title[language],
  }));
  const required = [{ required: true, message: words.nameMissing }];
  return (
    <FormDialog<Fields>
      title={words.settings}
      okText={text.state.save}
      busy={save.isPending}
      error={save.error}
      initialValues={source}
      onSend={submit}
      onClose={onClose}
    >
      <Form.Item name="name" label={words.name} rules={required}>
        <Input maxLength={200} autoFocus />
      </Form.Item>
      <Form.Item name="mode" label={words.mode} extra={words.modesDefinition}>
        <Radio.Group options={ingestApi.sourceModes.map((value) => ({ value, label: words.modes[value] }))} />
      </Form.Item>
      <Form.Item name="loginKeyType" label={words.loginKeyType}>
        <Select options={keyTypes} />
      </Form.Item>
      <Form.Item name="anonymousKeyType" label={words.anonymousKeyType}>
        <Select options={keyTypes} />
      </Form.Item>
      <Form.Item name="maximumAgeDays" label={words.maximumAge} extra={words.maximumAgeHint} rules={required}>
        <InputNumber min={1} max={36_500} precision={0} suffix={text.units.day} style={{ width: 160 }} />
      </Form.Item>
    </FormDialog>
  );
}
