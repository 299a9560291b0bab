import { useState } from 'react';
import { Button, Input, Popover } from 'antd';
import { EditOutlined } from '@ant-design/icons';
import { useText } from '../../frame/reader.tsx';
import styles from './builder.module.css';

interface TextChipProps<Node> {
  text: string;
  hint: string;
  /** Reads what was written; undefined while it cannot be read. */
  read: (text: string) => Node | undefined;
  onChange: (node: Node) => void;
}

/** A part of the expression that the builder does not draw: kept as text, and edited as text. */
export function TextChip<Node>({ text, hint, read, onChange }: TextChipProps<Node>) {
  const { rule: words } = useText();
  const [open, setOpen] = useState(false);
  return (
    <Popover
      trigger="click"
      open={open}
      onOpenChange={setOpen}
      destroyOnHidden
      content={
        <TextSheet
          text={text}
          hint={hint}
          read={read}
          onDone={(node) => {
            onChange(node);
            setOpen(false);
          }}
        />
      }
    >
      <button type="button" className={styles.chip} title={words.editText}>
        <code>{text || words.textEmpty}</code>
        <EditOutlined aria-hidden="true" />
      </button>
    </Popover>
  );
}

interface TextSheetProps<Node> extends Omit<TextChipProps<Node>, 'onChange'> {
  onDone: (node: Node) => void;
}

function TextSheet<Node>({ text, hint, read, onDone }: TextSheetProps<Node>) {
  const { rule: words } = useText();
  const [typed, setTyped] = useState(text);
  const node = read(typed);
  return (
    <div className={styles.textSheet}>
      <p className="faint">{hint}</p>
      <Input.TextArea
        autoSize={{ minRows: 2, maxRows: 8 }}
        className="mono"
        aria-label={words.editText}
        autoFocus
        value={typed}
        status={node === undefined ? 'error' : undefined}
        aria-invalid={node === undefined}
        onChange={(event) => setTyped(event.target.value)}
      />
      <Button
        type="primary"
        size="small"
        disabled={node === undefined}
        onClick={() => node !== undefined && onDone(node)}
      >
        {words.keep}
      </Button>
    </div>
  );
}
