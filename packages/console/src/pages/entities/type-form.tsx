import { Form, Input, Select, type FormInstance } from 'antd';
import { cardinalities, type Catalogue, type Field } from '@wutong/contract';
import { useReader } from '../../frame/reader.tsx';
import styles from './model.module.css';
import type { DeclaredType, TypeKind, TypeValues } from './type-values.ts';

interface TypeFormProps {
  form: FormInstance<TypeValues>;
  kind: TypeKind;
  stored: DeclaredType | undefined;
  initialValues: TypeValues;
  catalogue: Catalogue;
  fields: readonly Field[];
  onFinish: () => void;
}

const TYPE_NAME = /^[a-z][a-z0-9_]{0,47}$/;

/** Name, titles and ends of a type. */
export function TypeForm({ form, kind, stored, initialValues, catalogue, fields, onFinish }: TypeFormProps) {
  const { text, language } = useReader();
  const words = text.models;
  const required = [{ required: true, whitespace: true, message: words.required }];
  const ends = [
    { value: 'person', label: words.person },
    ...catalogue.entityTypes.map(({ name, title }) => ({ value: name, label: title[language] })),
  ];
  const end = (name: 'from' | 'to' | 'owner', label: string) => (
    <Form.Item name={name} label={label} rules={required}>
      <Select disabled={stored !== undefined} options={ends} />
    </Form.Item>
  );
  const nameRule = {
    validator: (_rule: unknown, value: string = '') => {
      if (stored) return Promise.resolve();
      if (!TYPE_NAME.test(value)) return Promise.reject(new Error(words.nameWrong));
      return catalogue[kind].some((each) => each.name === value)
        ? Promise.reject(new Error(words.nameTaken))
        : Promise.resolve();
    },
  };
  return (
    <Form
      form={form}
      layout="vertical"
      requiredMark={false}
      initialValues={initialValues}
      onFinish={onFinish}
    >
      <div className={styles.pair}>
        <Form.Item name="titleZh" label={words.titleZh} rules={required}>
          <Input maxLength={200} autoFocus={!stored} />
        </Form.Item>
        <Form.Item name="titleEn" label={words.titleEn} rules={required}>
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item
          name="name"
          label={words.name}
          extra={stored ? undefined : words.nameHint}
          rules={[nameRule]}
        >
          <Input className="mono" readOnly={stored !== undefined} variant={stored ? 'filled' : undefined} />
        </Form.Item>
        {kind === 'entityTypes' && (
          <Form.Item name="titleField" label={words.titleField} extra={words.titleFieldHint}>
            <Select
              allowClear
              options={fields
                .filter(({ valueType }) => valueType === 'string')
                .map(({ name, title }) => ({ value: name, label: title[language] }))}
            />
          </Form.Item>
        )}
        {kind === 'detailTypes' && end('owner', words.owner)}
        {kind === 'relationTypes' && (
          <>
            {end('from', words.from)}
            {end('to', words.to)}
            <Form.Item name="cardinality" label={words.cardinality}>
              <Select
                options={cardinalities.map((value) => ({ value, label: words.cardinalities[value] }))}
              />
            </Form.Item>
            <Form.Item name="reverseZh" label={words.reverse} extra={words.reverseHint}>
              <Input maxLength={200} />
            </Form.Item>
          </>
        )}
      </div>
      {kind === 'detailTypes' && <References catalogue={catalogue} fields={fields} />}
    </Form>
  );
}

/** Which fields of a detail hold the id of an entity. */
function References({ catalogue, fields }: { catalogue: Catalogue; fields: readonly Field[] }) {
  const { text, language } = useReader();
  const words = text.models;
  const candidates = fields.filter(({ valueType, values }) => valueType === 'string' && !values);
  if (candidates.length === 0 || catalogue.entityTypes.length === 0) return null;
  return (
    <Form.Item label={words.references} extra={words.referencesHint}>
      <div className={styles.references}>
        {candidates.map(({ name, title }) => (
          <Form.Item key={name} name={['references', name]} label={title[language]}>
            <Select
              allowClear
              placeholder={words.noReference}
              options={catalogue.entityTypes.map((each) => ({
                value: each.name,
                label: each.title[language],
              }))}
            />
          </Form.Item>
        ))}
      </div>
    </Form.Item>
  );
}
