import { useRef, useState, type DragEvent } from 'react';
import { InboxOutlined } from '@ant-design/icons';
import { useText } from '../../../frame/reader.tsx';
import styles from './import.module.css';

const ACCEPTED = '.csv,.tsv,.txt,.json,.ndjson,.jsonl,.gz,.xlsx,.parquet';

/** Where a file is dropped or chosen; a button, so that the keyboard reaches it. */
export function ChooseFile({ onFile, busy }: { onFile: (file: File) => void; busy: boolean }) {
  const { imports: words } = useText();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const [file] = event.dataTransfer.files;
    if (file) onFile(file);
  };
  return (
    <button
      type="button"
      className={styles.drop}
      data-over={over}
      disabled={busy}
      onClick={() => input.current?.click()}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <InboxOutlined className={styles.dropIcon} />
      <b>{busy ? words.reading : words.choose}</b>
      <span className="faint">{words.chooseHint}</span>
      <input
        ref={input}
        type="file"
        accept={ACCEPTED}
        className="visually-hidden"
        tabIndex={-1}
        aria-label={words.choose}
        onClick={(event) => event.stopPropagation()}
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          if (file) onFile(file);
          // The same file chosen again is a choice too.
          target.value = '';
        }}
      />
    </button>
  );
}
