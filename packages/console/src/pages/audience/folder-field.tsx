import { AutoComplete } from 'antd';
import { useText } from '../../frame/reader.tsx';

interface FolderFieldProps {
  id?: string;
  value?: string;
  folders: readonly string[];
  onChange?: (folder: string) => void;
}

/** The folder something is kept in: one there is, or a new one by its name. */
export function FolderField({ id, value, folders, onChange }: FolderFieldProps) {
  const { audience: words } = useText();
  const typed = value ?? '';
  return (
    <AutoComplete
      id={id}
      value={typed}
      allowClear
      placeholder={words.noFolder}
      maxLength={200}
      options={folders
        .filter((folder) => folder !== '' && folder.includes(typed))
        .map((folder) => ({ value: folder }))}
      onChange={(folder) => onChange?.(folder ?? '')}
    />
  );
}
