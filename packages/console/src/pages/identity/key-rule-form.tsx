import { useState } from 'react';
import { Form, Input, InputNumber, Radio, Select, Switch, type FormInstance } from 'antd';
import { identityApi } from '@wutong/contract';
import type { KeyType } from '../../api/vocabulary.ts';
import { useReader } from '../../frame/reader.tsx';
import { Panel } from '../../parts/page.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { blocks, compilePattern, type KeyRuleValues } from './key-rule-values.ts';
import styles from './key-rule.module.css';

interface KeyRuleFormProps {
  form: FormInstance<KeyRuleValues>;
  initialValues: KeyRuleValues;
  /** A stored type keeps its name. */
  isNew: boolean;
  types: readonly KeyType[];
  readOnly: boolean;
  onChange: () => void;
}

/** The rules of one key type, in the order in which a person thinks of them. */
export function KeyRuleForm({ form, initialValues, isNew, types, readOnly, onChange }: KeyRuleFormProps) {
  return (
    <Form
      form={form}
      layout="vertical"
      requiredMark={false}
      disabled={readOnly}
      initialValues={initialValues}
      onValuesChange={onChange}
      scrollToFirstError
      className={styles.form}
    >
      <Basics isNew={isNew} />
      <Ownership types={types} />
      <Guards />
    </Form>
  );
}

function Basics({ isNew }: { isNew: boolean }) {
  const { text } = useReader();
  const words = text.identity.rule;
  const required = [{ required: true, whitespace: true, message: words.required }];
  return (
    <Panel title={words.basics}>
      <div className={styles.pair}>
        <Form.Item name="titleZh" label={words.titleZh} rules={required}>
          <Input maxLength={100} autoFocus={isNew} />
        </Form.Item>
        <Form.Item name="titleEn" label={words.titleEn} rules={required}>
          <Input maxLength={100} />
        </Form.Item>
      </div>
      <div className={styles.pair}>
        <Form.Item
          name="type"
          label={words.name}
          extra={isNew ? words.nameHint : undefined}
          rules={[{ required: true, pattern: /^[a-z][a-z0-9_]{0,49}$/, message: words.nameWrong }]}
        >
          <Input className="mono" readOnly={!isNew} variant={isNew ? undefined : 'filled'} />
        </Form.Item>
        <Form.Item
          name="priority"
          label={words.priority}
          extra={words.priorityHint}
          rules={[{ required: true, message: words.required }]}
        >
          <InputNumber min={1} max={1_000} precision={0} style={{ width: 120 }} />
        </Form.Item>
      </div>
      <Form.Item name="meaning" label={words.meaning}>
        <Input.TextArea
          autoSize={{ minRows: 2, maxRows: 5 }}
          maxLength={500}
          placeholder={words.meaningHint}
        />
      </Form.Item>
      <Form.Item name="pii" label={words.pii} layout="horizontal" colon={false} className={styles.lastItem}>
        <Switch />
      </Form.Item>
    </Panel>
  );
}

function Ownership({ types }: { types: readonly KeyType[] }) {
  const { text, language } = useReader();
  const words = text.identity.rule;
  const cardinality = Form.useWatch<KeyType['cardinality'] | undefined>('cardinality');
  const own = Form.useWatch<string | undefined>('type');
  return (
    <Panel title={words.ownership}>
      <Form.Item name="cardinality" label={words.cardinality}>
        <Radio.Group
          className={styles.choices}
          options={identityApi.cardinalities.map((value) => ({ value, label: words.cardinalities[value] }))}
        />
      </Form.Item>
      {cardinality === 'many' && (
        <Form.Item name="maximumPerPerson" label={words.maximumPerPerson}>
          <InputNumber
            min={1}
            max={10_000}
            precision={0}
            placeholder={words.unlimited}
            suffix={words.units.key}
            style={{ width: 160 }}
          />
        </Form.Item>
      )}
      <Form.Item name="contested" label={words.contested}>
        <Radio.Group
          className={styles.choices}
          options={identityApi.contestedPolicies.map((value) => ({
            value,
            label: words.contestedPolicies[value],
          }))}
        />
      </Form.Item>
      <Form.Item name="parent" label={words.parent} extra={words.parentHint} className={styles.lastItem}>
        <Select
          allowClear
          placeholder={words.noParent}
          style={{ maxWidth: 280 }}
          options={types
            .filter(({ type }) => type !== own)
            .map(({ type, title }) => ({ value: type, label: title[language] }))}
        />
      </Form.Item>
    </Panel>
  );
}

function Guards() {
  const { text } = useReader();
  const words = text.identity.rule;
  return (
    <Panel title={words.guards}>
      <Form.Item name="sharedAbove" label={words.sharedAbove} extra={words.sharedAboveHint}>
        <InputNumber
          min={1}
          max={1_000}
          precision={0}
          placeholder={words.unlimited}
          suffix={words.units.person}
          style={{ width: 160 }}
        />
      </Form.Item>
      <div className={styles.pair}>
        <Form.Item name="windowMaximum" label={words.windowMaximum} dependencies={['windowDays']}>
          <InputNumber
            min={1}
            max={10_000}
            precision={0}
            placeholder={words.unlimited}
            suffix={words.units.key}
          />
        </Form.Item>
        <Form.Item
          name="windowDays"
          label={words.windowPeriod}
          dependencies={['windowMaximum']}
          rules={[
            ({ getFieldValue }) => ({
              validator: (_rule, value: unknown) =>
                Boolean(value) === Boolean(getFieldValue('windowMaximum'))
                  ? Promise.resolve()
                  : Promise.reject(new Error(words.windowBoth)),
            }),
          ]}
        >
          <InputNumber min={0.01} max={3_650} placeholder={words.unlimited} suffix={words.units.day} />
        </Form.Item>
      </div>
      <Form.Item name="normalisation" label={words.normalisation} extra={words.normalisationHint}>
        <Select
          style={{ maxWidth: 320 }}
          options={identityApi.normalisations.map((value) => ({ value, label: words.normalisations[value] }))}
        />
      </Form.Item>
      <Form.Item name="blockedValues" label={words.blockedValues} extra={words.blockedValuesHint}>
        <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={['\n', '\t']} className="mono" />
      </Form.Item>
      <Form.Item
        name="blockedPatterns"
        label={words.blockedPatterns}
        extra={words.blockedPatternsHint}
        rules={[
          {
            validator: (_rule, patterns: string[] = []) => {
              const wrong = patterns.find((pattern) => !compilePattern(pattern));
              return wrong === undefined
                ? Promise.resolve()
                : Promise.reject(new Error(words.patternWrong(wrong)));
            },
          },
        ]}
      >
        <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={['\n']} className="mono" />
      </Form.Item>
      <TryValue />
    </Panel>
  );
}

/** Says at once whether a value would be blocked by what the form holds. */
function TryValue() {
  const { text } = useReader();
  const words = text.identity.rule;
  const [value, setValue] = useState('');
  const form = Form.useFormInstance<KeyRuleValues>();
  const rule = Form.useWatch((values: KeyRuleValues) => values, form);
  const isBlocked = value !== '' && rule !== undefined && blocks({ ...rule }, value);
  return (
    <div className={styles.try}>
      <label htmlFor="try-value">{words.tryValue}</label>
      <Input
        id="try-value"
        className="mono"
        disabled={false}
        value={value}
        onChange={(event) => setValue(event.target.value)}
        style={{ maxWidth: 240 }}
      />
      <span role="status">
        {value !== '' && (
          <StateMark tone={isBlocked ? 'warn' : 'good'}>
            {isBlocked ? words.tryBlocked : words.tryFree}
          </StateMark>
        )}
      </span>
    </div>
  );
}
