import { useDeferredValue, useMemo, useState, type KeyboardEvent } from 'react';
import { Input, Modal } from 'antd';
import { SearchOutlined } from '@ant-design/icons';
import { useNavigate } from 'react-router-dom';
import { useText } from './reader.tsx';
import { useSearchHits, type SearchHit } from './use-search-hits.ts';
import styles from './search-palette.module.css';

/** Search over everything: people by a whole key, strategies and segments by name, messages by id, pages. */
export function SearchPalette({ onClose }: { onClose: () => void }) {
  const { frame, state } = useText();
  const navigate = useNavigate();
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState(0);
  const asked = useDeferredValue(typed.trim());
  const { hits, busy } = useSearchHits(asked);
  const groups = useMemo(() => groupHits(hits), [hits]);
  const open = (hit: SearchHit | undefined) => {
    if (!hit) return;
    onClose();
    void navigate(hit.to);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && hits.length > 0) {
      event.preventDefault();
      setChosen((chosen + step + hits.length) % hits.length);
    }
    if (event.key === 'Enter' && !event.nativeEvent.isComposing) open(hits[chosen]);
  };
  return (
    <Modal
      open
      onCancel={onClose}
      footer={null}
      closable={false}
      title={null}
      width={600}
      styles={{ container: { padding: 0, overflow: 'hidden' } }}
      aria-label={frame.search}
    >
      <Input
        autoFocus
        size="large"
        variant="borderless"
        prefix={<SearchOutlined className={styles.glass} />}
        placeholder={frame.searchPlaceholder}
        aria-label={frame.search}
        role="combobox"
        aria-expanded={hits.length > 0}
        aria-controls="search-hits"
        aria-activedescendant={hits[chosen] && `search-hit-${chosen}`}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setChosen(0);
        }}
        onKeyDown={onKeyDown}
        className={styles.field}
      />
      <div id="search-hits" role="listbox" aria-label={frame.search} className={styles.hits}>
        {groups.map(([group, members]) => (
          <div key={group} role="group" aria-label={frame.searchGroups[group]}>
            <p className={styles.group}>{frame.searchGroups[group]}</p>
            {members.map((hit) => {
              const index = hits.indexOf(hit);
              return (
                <div
                  key={hit.to}
                  id={`search-hit-${index}`}
                  role="option"
                  tabIndex={-1}
                  aria-selected={index === chosen}
                  className={styles.hit}
                  onMouseMove={() => setChosen(index)}
                  onClick={() => open(hit)}
                >
                  <span>{hit.title}</span>
                  <span className="faint">{hit.note}</span>
                </div>
              );
            })}
          </div>
        ))}
        {hits.length === 0 && (
          <p className={styles.nothing}>
            {asked === '' ? frame.searchStart : busy ? `${state.loading}…` : frame.searchNothing}
            {asked !== '' && !busy && <span>{frame.searchNothingHint}</span>}
          </p>
        )}
      </div>
    </Modal>
  );
}

function groupHits(hits: readonly SearchHit[]): [SearchHit['group'], SearchHit[]][] {
  const groups = new Map<SearchHit['group'], SearchHit[]>();
  for (const hit of hits) groups.set(hit.group, [...(groups.get(hit.group) ?? []), hit]);
  return [...groups];
}
