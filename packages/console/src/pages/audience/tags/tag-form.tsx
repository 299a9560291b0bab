import { useState } from 'react';
import { Button, Form, Input, Select } from 'antd';
import { audienceApi } from '@wutong/contract';
import type { Schedule } from '../../../api/vocabulary.ts';
import { isUnfinished } from '../../../eql/rule/completed.ts';
import type { ExpressionNames } from '../../../eql/rule/names.ts';
import { useCheck } from '../../../eql/use-check.ts';
import { useDraft } from '../../../eql/use-draft.ts';
import { useReader } from '../../../frame/reader.tsx';
import { FormProblem } from '../../../parts/form-problem.tsx';
import { Panel } from '../../../parts/page.tsx';
import { StateMark } from '../../../parts/state-mark.tsx';
import { DefinitionFields } from '../definition-fields.tsx';
import formStyles from '../segment-form.module.css';
import { useFolders } from '../use-folders.ts';
import { firstModel, ModelFields, type TagModel } from './model-fields.tsx';
import { TagDefinition } from './tag-definition.tsx';
import { TagPreview } from './tag-preview.tsx';
import { kindOf, type TagShape } from './tag-shape.ts';
import styles from './tags.module.css';

const { tagValueTypes } = audienceApi;
type ValueType = (typeof tagValueTypes)[number];

export interface TagDraft {
  tagId: string;
  name: string;
  description: string;
  folder: string;
  schedule: Schedule;
  /** EQL of a rule tag, SQL of an SQL tag; empty for values set from outside. */
  text: string;
  valueType: ValueType;
  /** Of a model tag. */
  model?: TagModel | undefined;
}

interface TagFormProps {
  draft: TagDraft;
  shape: TagShape;
  names: ExpressionNames;
  idFixed: boolean;
  submitLabel: string;
  busy: boolean;
  error: unknown;
  onSubmit: (draft: TagDraft) => void;
  onCancel: () => void;
}

/** Writes a tag: its name, its definition in its shape, and how many would have each value. */
export function TagForm(props: TagFormProps) {
  const { draft: begun, shape, names, busy, error, onSubmit, onCancel, submitLabel } = props;
  const { text } = useReader();
  const kind = kindOf(shape);
  const draft = useDraft(kind === 'rule' ? begun.text : '');
  const [sql, setSql] = useState(kind === 'sql' ? begun.text : '');
  const [model, setModel] = useState(begun.model ?? firstModel);
  const [tagId, setTagId] = useState(begun.tagId);
  const check = useCheck(draft.written, shape === 'text' ? 'text' : 'rules', { counts: false });
  const { document } = draft.written;
  const finished =
    document !== undefined &&
    document.kind !== 'population' &&
    !isUnfinished(document) &&
    hasLabels(document);
  const ready =
    kind === 'rule'
      ? finished && check.valid && !check.busy
      : kind === 'model'
        ? model.scorer === undefined || model.scorer.trim() !== ''
        : kind !== 'sql' || sql.trim() !== '';
  const expression = kind === 'rule' ? draft.written.text : sql;
  return (
    <Form
      layout="vertical"
      requiredMark={false}
      initialValues={begun}
      onFinish={(fields: TagDraft) =>
        onSubmit({ ...begun, ...fields, text: expression, ...(kind === 'model' ? { model } : {}) })
      }
      onValuesChange={(_changed, fields: TagDraft) => setTagId(fields.tagId)}
    >
      <div className="stack">
        <TagFields idFixed={props.idFixed} isRule={kind === 'rule'} />
        <div className={formStyles.writing}>
          <Panel title={text.tags.shape[shape]} definition={text.tags.shapeHint[shape]}>
            {kind === 'rule' && <TagDefinition shape={shape} draft={draft} check={check} names={names} />}
            {kind === 'sql' && <SqlField value={sql} onChange={setSql} />}
            {kind === 'model' && <ModelFields value={model} tagId={tagId} onChange={setModel} />}
            {(kind === 'import' || kind === 'manual') && <p className="soft">{text.tags.noDefinition}</p>}
          </Panel>
          <div className={`${formStyles.beside} ${styles.beside}`}>
            {kind === 'rule' && !finished && <StateMark tone="warn">{text.rule.effect.unfinished}</StateMark>}
            {kind === 'rule' && finished && check.valid && (
              <TagPreview document={document} valueType={check.valueType} />
            )}
            <FormProblem error={error} />
            <div className="row">
              <Button type="primary" htmlType="submit" loading={busy} disabled={!ready}>
                {submitLabel}
              </Button>
              <Button onClick={onCancel}>{text.state.cancel}</Button>
            </div>
          </div>
        </div>
      </div>
    </Form>
  );
}

/** Tiers without a name cannot be told apart. */
function hasLabels(document: NonNullable<ReturnType<typeof useDraft>['written']['document']>): boolean {
  return document.kind !== 'tier' || document.tiers.every(({ label }) => label.trim() !== '');
}

function SqlField({ value, onChange }: { value: string; onChange: (sql: string) => void }) {
  const { tags: words } = useReader().text;
  return (
    <>
      <Input.TextArea
        className="mono"
        aria-label={words.shape.sql}
        autoSize={{ minRows: 8, maxRows: 20 }}
        value={value}
        placeholder={
          'SELECT person_id, max(toString(properties.channel)) AS value\nFROM event\nGROUP BY person_id'
        }
        onChange={(event) => onChange(event.target.value)}
      />
      <p className="faint">{words.sqlHint}</p>
    </>
  );
}

function TagFields({ idFixed, isRule }: { idFixed: boolean; isRule: boolean }) {
  const { tags: words } = useReader().text;
  const folders = useFolders('tags');
  return (
    <Panel>
      <div className={formStyles.form}>
        <DefinitionFields idField="tagId" idFixed={idFixed} folders={folders} words={words} />
        {!isRule && (
          <Form.Item name="valueType" label={words.valueTypeLabel}>
            <Select
              disabled={idFixed}
              options={tagValueTypes.map((value) => ({ value, label: words.valueType[value] }))}
            />
          </Form.Item>
        )}
      </div>
    </Panel>
  );
}
