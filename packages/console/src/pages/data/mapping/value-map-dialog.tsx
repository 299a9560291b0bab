import { useState } from 'react';
import { Button, Form, Input, Select } from 'antd';
import { CloseOutlined, PlusOutlined } from '@ant-design/icons';
import type { TransformStep, ValueType } from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import { ClearIcon } from '../../../parts/clear-icon.tsx';
import { FormDialog } from '../../../parts/form-dialog.tsx';
import styles from './value-map.module.css';
import {
  textsTwice,
  valueMapOf,
  valueWritten,
  type MapEntry,
  type Otherwise,
  type ValueMap,
} from './value-map.ts';

/** More are found by searching. */
const ENTRIES_SHOWN = 100;
const SEARCHED_FROM = 12;
const OFFERED = 20;

interface ValueMapDialogProps {
  name: string;
  type: ValueType | undefined;
  steps: readonly TransformStep[];
  /** Texts of the examples that the map does not hold. */
  lacking: readonly string[];
  onSave: (map: ValueMap) => void;
  onClose: () => void;
}

/** An entry with a number of its own, by which its fields stay the same ones while it is written. */
type NumberedEntry = MapEntry & { number: number };

/** Which text of the file stands for which value, and what becomes of the others. */
export function ValueMapDialog({ name, type, steps, lacking, onSave, onClose }: ValueMapDialogProps) {
  const { text, format } = useReader();
  const words = text.imports.mapping.valueMap;
  const [found] = useState(() => valueMapOf(steps));
  const [entries, setEntries] = useState<readonly NumberedEntry[]>(() =>
    (found?.entries ?? []).map((entry, number) => ({ ...entry, number })),
  );
  const [otherwise, setOtherwise] = useState<Otherwise>(found?.otherwise ?? 'reject');
  const [search, setSearch] = useState('');
  const twice = textsTwice(entries);
  const isWrong = ({ from }: MapEntry) => from === '' || twice.has(from);
  const isFound = ({ from, to }: MapEntry) =>
    from === '' || `${from} ${to ?? ''}`.toLowerCase().includes(search.trim().toLowerCase());
  const shown = entries.filter(isFound);
  const offered = lacking.filter((each) => entries.every(({ from }) => from !== each)).slice(0, OFFERED);
  const add = (from: string) => {
    const number = 1 + Math.max(-1, ...entries.map((each) => each.number));
    // A new one stands in front, where it is seen however many there are.
    setEntries([{ from, to: null, number }, ...entries]);
  };
  const change = (number: number, changed: Partial<MapEntry>) =>
    setEntries(entries.map((each) => (each.number === number ? { ...each, ...changed } : each)));
  return (
    <FormDialog
      title={`${name} · ${words.title}`}
      okText={words.save}
      busy={false}
      isReady={!entries.some(isWrong)}
      lead={<p className="soft">{words.lead}</p>}
      onSend={async () => {
        onSave({ entries: entries.map(({ from, to }) => ({ from, to })), otherwise });
        onClose();
      }}
      onClose={onClose}
    >
      {offered.length > 0 && (
        <Form.Item label={words.offered} style={{ marginBottom: 12 }}>
          <div className={styles.offered}>
            {offered.map((each) => (
              <Button key={each} size="small" icon={<PlusOutlined />} onClick={() => add(each)}>
                {words.quoted(each)}
              </Button>
            ))}
          </div>
        </Form.Item>
      )}
      {entries.length > SEARCHED_FROM && (
        <Input.Search
          aria-label={words.search}
          placeholder={words.search}
          allowClear={{ clearIcon: <ClearIcon /> }}
          value={search}
          onChange={({ target }) => setSearch(target.value)}
        />
      )}
      <div className={styles.entries}>
        {shown.slice(0, ENTRIES_SHOWN).map((entry) => (
          <div key={entry.number} className={styles.entry} role="group" aria-label={words.quoted(entry.from)}>
            <Input
              aria-label={words.from}
              placeholder={words.from}
              value={entry.from}
              status={isWrong(entry) ? 'error' : ''}
              onChange={({ target }) => change(entry.number, { from: target.value })}
            />
            <span aria-hidden>→</span>
            <MappedValueField entry={entry} type={type} steps={steps} onChange={change} />
            <Button
              type="text"
              size="small"
              icon={<CloseOutlined />}
              aria-label={words.remove(entry.from)}
              onClick={() => setEntries(entries.filter(({ number }) => number !== entry.number))}
            />
          </div>
        ))}
      </div>
      {shown.length > ENTRIES_SHOWN && (
        <p className="faint">{words.more(format.integer(shown.length - ENTRIES_SHOWN))}</p>
      )}
      {twice.size > 0 && (
        <p role="alert" className={styles.twice}>
          {words.twice([...twice].map(words.quoted).join(text.punctuation.comma))}
        </p>
      )}
      <Button size="small" icon={<PlusOutlined />} className={styles.add} onClick={() => add('')}>
        {words.add}
      </Button>
      <Form.Item label={words.otherwise} style={{ marginBottom: 0 }}>
        <Select<Otherwise>
          aria-label={words.otherwise}
          value={otherwise}
          onChange={setOtherwise}
          options={(['reject', 'keep', 'missing'] as const).map((value) => ({
            value,
            label: words.others[value],
          }))}
        />
      </Form.Item>
    </FormDialog>
  );
}

interface MappedValueFieldProps {
  entry: NumberedEntry;
  type: ValueType | undefined;
  steps: readonly TransformStep[];
  onChange: (number: number, changed: Partial<MapEntry>) => void;
}

/** The value of a text: yes or no where the item is one, else what is written; nothing means no value. */
function MappedValueField({ entry, type, steps, onChange }: MappedValueFieldProps) {
  const { text } = useReader();
  const words = text.imports.mapping.valueMap;
  if (type === 'boolean') {
    const isOwn = typeof entry.to === 'string' || typeof entry.to === 'number';
    const choices: readonly (readonly [MapEntry['to'], string])[] = [
      [true, words.yes],
      [false, words.no],
      [null, words.noValue],
      ...(isOwn ? [[entry.to, String(entry.to)] as const] : []),
    ];
    return (
      <Select
        aria-label={words.to}
        value={JSON.stringify(entry.to)}
        options={choices.map(([value, label]) => ({ value: JSON.stringify(value), label }))}
        onChange={(value) => onChange(entry.number, { to: JSON.parse(value) as MapEntry['to'] })}
      />
    );
  }
  return (
    <Input
      aria-label={words.to}
      placeholder={words.noValue}
      defaultValue={entry.to === null ? '' : String(entry.to)}
      onChange={({ target }) => onChange(entry.number, { to: valueWritten(target.value, type, steps) })}
    />
  );
}
