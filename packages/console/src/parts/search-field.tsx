import { useState } from 'react';
import { Button, Input } from 'antd';
import { SearchOutlined } from '@ant-design/icons';
import { useText } from '../frame/reader.tsx';
import { ClearIcon } from './clear-icon.tsx';

interface SearchFieldProps {
  /** What is searched, as placeholder and for screen readers. */
  label: string;
  /** What the page searches now; follows the address when somebody goes back. */
  value: string;
  onSearch: (text: string) => void;
  widthPx?: number;
}

/** The search of a list: asked by Enter or by its button, not at each letter. */
export function SearchField({ label, value, onSearch, widthPx }: SearchFieldProps) {
  const { frame } = useText();
  const [typed, setTyped] = useState(value);
  const [asked, setAsked] = useState(value);
  if (asked !== value) {
    setAsked(value);
    setTyped(value);
  }
  return (
    <Input.Search
      allowClear={{ clearIcon: <ClearIcon /> }}
      value={typed}
      placeholder={label}
      aria-label={label}
      enterButton={<Button icon={<SearchOutlined />} aria-label={frame.search} />}
      onChange={({ target }) => setTyped(target.value)}
      onSearch={onSearch}
      style={{ width: widthPx }}
    />
  );
}
