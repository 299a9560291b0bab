import { useRef, useState, type DragEvent } from 'react';
import { InboxOutlined } from '@ant-design/icons';
import { useReader } from '../../../frame/reader.tsx';
import styles from './import.module.css';

const ACCEPTED = '.csv,.tsv,.txt,.json,.ndjson,.jsonl,.gz,.xlsx,.parquet';

/** Where a file is dropped or chosen; a button, so that the keyboard reaches it. */
export function ChooseFile({
  onFile,
  reading,
}: {
  onFile: (file: File) => void;
  /** Share that has been sent while a file is read. */
  reading?: number | undefined;
}) {
  const { text, format } = useReader();
  const words = text.imports;
  const busy = reading !== undefined;
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
      <b>
        {!busy && words.choose}
        {busy && (reading > 0 && reading < 1 ? words.run.sent(format.percent(reading, 0)) : words.reading)}
      </b>
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
