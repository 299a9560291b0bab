import { useState } from 'react';
import { App, Button, Drawer, Form, Modal } from 'antd';
import { Link } from 'react-router-dom';
import { profileApi, type Catalogue, type Field, type FieldInput } from '@wutong/contract';
import { useWrite } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { useMay } from '../../frame/session.tsx';
import { RecordTable } from '../../parts/record-table.tsx';
import { EmptyState } from '../../parts/states.tsx';
import { useReturnFocus } from '../../parts/use-return-focus.ts';
import { DeclarationError } from './declaration-error.tsx';
import { useFieldColumns } from './field-columns.tsx';
import { FieldForm } from './field-form.tsx';
import { fieldOf, fieldValuesOf, newField, type FieldValues } from './field-values.ts';
import styles from './model.module.css';
import { TypeForm } from './type-form.tsx';
import { typeValuesOf, type DeclaredType, type TypeKind, type TypeValues } from './type-values.ts';

export type { TypeKind } from './type-values.ts';

interface TypeDrawerProps {
  kind: TypeKind;
  type: DeclaredType | undefined;
  catalogue: Catalogue;
  onClose: () => void;
}

/** An entity, relation or detail type with its fields; saved as a whole. */
export function TypeDrawer({ kind, type, catalogue, onClose }: TypeDrawerProps) {
  useReturnFocus();
  const { text, language } = useReader();
  const words = text.models;
  const { message } = App.useApp();
  const [form] = Form.useForm<TypeValues>();
  const [fields, setFields] = useState<readonly Field[]>(type?.fields ?? []);
  const mayWrite = useMay(profileApi.declareEntityType);
  const declare = useDeclare();
  const submit = async () => {
    await declare.save(kind, form.getFieldsValue(true) as TypeValues, fields);
    void message.success(words.saved);
    onClose();
  };
  return (
    <Drawer
      open
      size={720}
      title={type ? type.title[language] : words.create[kind]}
      onClose={onClose}
      extra={
        mayWrite && (
          <Button type="primary" loading={declare.isPending} onClick={() => form.submit()}>
            {words.save}
          </Button>
        )
      }
    >
      <TypeForm
        form={form}
        kind={kind}
        stored={type}
        initialValues={typeValuesOf(type)}
        catalogue={catalogue}
        fields={fields}
        onFinish={() => void submit().catch(() => undefined)}
      />
      <FieldList
        fields={fields}
        stored={type?.fields ?? []}
        onChange={setFields}
        readOnly={!mayWrite}
        changed={fields.length > (type?.fields.length ?? 0)}
      />
      <DeclarationError error={declare.error} />
      {type && kind === 'entityTypes' && (
        <p style={{ marginTop: 16 }}>
          <Link to={`/entities/${type.name}`}>{words.seeEntities}</Link>
        </p>
      )}
    </Drawer>
  );
}

/** Saves through the operation of the kind. */
function useDeclare() {
  const refreshes = [profileApi.readCatalogue];
  const entity = useWrite(profileApi.declareEntityType, refreshes);
  const relation = useWrite(profileApi.declareRelationType, refreshes);
  const detail = useWrite(profileApi.declareDetailType, refreshes);
  const save = async (kind: TypeKind, values: TypeValues, fields: readonly Field[]) => {
    const base = {
      name: values.name,
      title: { zh: values.titleZh.trim(), en: values.titleEn.trim() },
      fields: fields.map(declaredOf),
    };
    if (kind === 'entityTypes') {
      const titleField = values.titleField ? { titleField: values.titleField } : {};
      return entity.mutateAsync({ body: { ...base, ...titleField } });
    }
    if (kind === 'relationTypes') {
      const { from, to, cardinality, reverseZh = '', reverseEn = '' } = values;
      const reverse = reverseZh ? { reverseTitle: { zh: reverseZh, en: reverseEn || reverseZh } } : {};
      return relation.mutateAsync({ body: { ...base, from, to, cardinality, ...reverse } });
    }
    const references = Object.entries(values.references ?? {}).flatMap(([field, entityType]) =>
      entityType ? [{ field, entityType }] : [],
    );
    return detail.mutateAsync({ body: { ...base, owner: values.owner, references } });
  };
  return {
    save,
    isPending: entity.isPending || relation.isPending || detail.isPending,
    error: entity.error ?? relation.error ?? detail.error,
  };
}

/** The catalogue's field without what the server adds to it. */
function declaredOf(field: Field & { column?: string }): FieldInput {
  const { column: _column, ...declared } = field;
  return declared;
}

interface FieldListProps {
  fields: readonly Field[];
  stored: readonly Field[];
  readOnly: boolean;
  changed: boolean;
  onChange: (fields: readonly Field[]) => void;
}

function FieldList({ fields, stored, readOnly, changed, onChange }: FieldListProps) {
  const { text, format } = useReader();
  const words = text.models;
  const [form] = Form.useForm<FieldValues>();
  const [editing, setEditing] = useState<Field | 'new'>();
  const field = editing === 'new' ? undefined : editing;
  const keep = (values: FieldValues) => {
    const next: Field = { learnt: false, pii: 'none', ...fieldOf(values) } as Field;
    onChange(field ? fields.map((each) => (each === field ? next : each)) : [...fields, next]);
    setEditing(undefined);
  };
  return (
    <section className={styles.fields}>
      <header className="spread">
        <h3>
          {words.fields} <span className="faint">{format.integer(fields.length)}</span>
        </h3>
        {!readOnly && (
          <Button size="small" onClick={() => setEditing('new')}>
            {words.addField}
          </Button>
        )}
      </header>
      <RecordTable
        label={words.fields}
        columns={useFieldColumns()}
        rows={fields}
        rowKey={({ name }) => name}
        onOpen={readOnly ? undefined : setEditing}
        empty={<EmptyState small title={words.noFields} />}
      />
      {changed && <p className="faint">{words.unsavedFields}</p>}
      {editing && (
        <Modal
          open
          destroyOnHidden
          title={field ? words.editField : words.addField}
          okText={text.state.confirm}
          cancelText={text.state.cancel}
          onOk={() => form.submit()}
          onCancel={() => setEditing(undefined)}
        >
          <FieldForm
            form={form}
            initialValues={field ? fieldValuesOf(field) : newField}
            stored={field && stored.find(({ name }) => name === field.name)}
            taken={fields.filter((each) => each !== field)}
            withPrecedence={false}
            onFinish={keep}
          />
        </Modal>
      )}
    </section>
  );
}
