import { Form, Input, Radio, Select, type FormInstance } from 'antd';
import { fieldNameSchema, ingestApi, maskKinds, piiClasses, valueTypes, type Field } from '@wutong/contract';
import { useRead } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { useMay } from '../../frame/session.tsx';
import { wordFor } from '../../text/text.ts';
import { isReserved, type FieldValues } from './field-values.ts';
import styles from './model.module.css';

interface FieldFormProps {
  form: FormInstance<FieldValues>;
  initialValues: FieldValues;
  /** A stored field keeps its name, its type, and whether it identifies. */
  stored: Field | undefined;
  taken: readonly Field[];
  /** Only attributes of people have several sources that contend. */
  withPrecedence: boolean;
  onFinish: (values: FieldValues) => void;
}

/** One attribute or field. */
export function FieldForm(props: FieldFormProps) {
  const { form, initialValues, stored, taken, withPrecedence, onFinish } = props;
  const { text } = useReader();
  const words = text.models;
  const required = [{ required: true, whitespace: true, message: words.required }];
  const nameRule = {
    validator: (_rule: unknown, value: string = '') => {
      if (stored) return Promise.resolve();
      if (!fieldNameSchema.safeParse(value).success) return Promise.reject(new Error(words.fieldNameWrong));
      if (isReserved(value)) return Promise.reject(new Error(words.reserved));
      return taken.some(({ name }) => name === value)
        ? Promise.reject(new Error(words.nameTaken))
        : Promise.resolve();
    },
  };
  return (
    <Form
      // Its ids: the drawer behind has fields of the same names, and labels would belong to those.
      name="field"
      form={form}
      layout="vertical"
      requiredMark={false}
      initialValues={initialValues}
      onFinish={() => onFinish(form.getFieldsValue(true) as FieldValues)}
    >
      <div className={styles.pair}>
        <Form.Item name="titleZh" label={words.titleZh} rules={required}>
          <Input maxLength={200} autoFocus />
        </Form.Item>
        <Form.Item name="titleEn" label={words.titleEn} rules={required}>
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item
          name="name"
          label={words.name}
          rules={[nameRule]}
          extra={stored ? undefined : words.fieldNameHint}
        >
          <Input className="mono" readOnly={stored !== undefined} variant={stored ? 'filled' : undefined} />
        </Form.Item>
        <Form.Item name="valueType" label={words.valueType} extra={stored ? words.valueTypeFixed : undefined}>
          <Select
            disabled={stored !== undefined}
            options={valueTypes.map((value) => ({ value, label: wordFor(text.words.valueType, value) }))}
          />
        </Form.Item>
      </div>
      <PersonalFields stored={stored} />
      <Form.Item name="unit" label={words.unit} extra={words.unitHint}>
        <Input maxLength={20} style={{ maxWidth: 160 }} />
      </Form.Item>
      <Form.Item name="values" label={words.values} extra={words.valuesHint}>
        <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={['\n', ',', '，', '、']} />
      </Form.Item>
      {withPrecedence && <Precedence />}
    </Form>
  );
}

function PersonalFields({ stored }: { stored: Field | undefined }) {
  const { models: words } = useReader().text;
  const form = Form.useFormInstance<FieldValues>();
  const pii = Form.useWatch('pii', form);
  const valueType = Form.useWatch('valueType', form);
  // What is stored open stays open, and what is sealed stays sealed: the server refuses the change.
  const allowed = (value: string): boolean =>
    (value !== 'identifying' || valueType === 'string') &&
    (!stored || (stored.pii === 'identifying') === (value === 'identifying'));
  return (
    <>
      <Form.Item name="pii" label={words.pii}>
        <Radio.Group
          className={styles.choices}
          options={piiClasses.map((value) => ({
            value,
            disabled: !allowed(value),
            label: (
              <>
                {words.piiClass[value].label} <span className="faint">{words.piiClass[value].hint}</span>
              </>
            ),
          }))}
        />
      </Form.Item>
      {pii !== 'none' && (
        <Form.Item name="mask" label={words.mask}>
          <Select
            style={{ maxWidth: 280 }}
            options={maskKinds.map((value) => ({ value, label: words.masks[value] }))}
          />
        </Form.Item>
      )}
    </>
  );
}

function Precedence() {
  const { models: words } = useReader().text;
  const sources = useRead(ingestApi.listSources, undefined, { enabled: useMay(ingestApi.listSources) });
  return (
    <Form.Item name="precedence" label={words.precedence} extra={words.precedenceHint}>
      <Select
        mode="multiple"
        options={(sources.data?.items ?? []).map(({ sourceId, name }) => ({ value: sourceId, label: name }))}
      />
    </Form.Item>
  );
}
