import { Form, Input } from 'antd';
import { audienceIdSchema } from '../../api/vocabulary.ts';
import { useReader } from '../../frame/reader.tsx';
import { FolderField } from './folder-field.tsx';
import { ScheduleField } from './schedule-field.tsx';
import type { useFolders } from './use-folders.ts';

interface DefinitionFieldsProps {
  /** Name of the form's field that holds the id. */
  idField: 'segmentId' | 'tagId';
  idFixed: boolean;
  folders: ReturnType<typeof useFolders>;
  words: { name: string; nameMissing: string; namePlaceholder: string };
  descriptionClass?: string | undefined;
}

/** What a segment and a tag have in common: name, id, folder, description, schedule. */
export function DefinitionFields({
  idField,
  idFixed,
  folders,
  words,
  descriptionClass,
}: DefinitionFieldsProps) {
  const { audience } = useReader().text;
  return (
    <>
      <Form.Item
        name="name"
        label={words.name}
        rules={[{ required: true, whitespace: true, message: words.nameMissing }]}
      >
        <Input placeholder={words.namePlaceholder} maxLength={200} />
      </Form.Item>
      <Form.Item
        name={idField}
        label={audience.id}
        tooltip={audience.idHint}
        rules={[
          {
            validator: (_rule, value) =>
              audienceIdSchema.safeParse(value).success
                ? Promise.resolve()
                : Promise.reject(new Error(audience.idWrong)),
          },
        ]}
      >
        <Input className="mono" disabled={idFixed} maxLength={63} />
      </Form.Item>
      <Form.Item name="folder" label={audience.folder}>
        <FolderField folders={folders} />
      </Form.Item>
      <Form.Item name="description" label={audience.description} className={descriptionClass}>
        <Input maxLength={2000} />
      </Form.Item>
      <Form.Item name="schedule" label={audience.schedule}>
        <ScheduleField />
      </Form.Item>
    </>
  );
}
