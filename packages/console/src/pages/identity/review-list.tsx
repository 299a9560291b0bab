import { Button } from 'antd';
import type { QuarantineItem } from '../../api/vocabulary.ts';
import { useReader } from '../../frame/reader.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import styles from './review.module.css';
import { useKeyTitles } from './use-key-titles.ts';

interface ReviewListProps {
  items: readonly QuarantineItem[];
  chosen: string | undefined;
  onChoose: (itemId: string) => void;
  more?: { onMore: () => void; loading: boolean };
}

/** The queue: why it was stopped, what it is about, since when. */
export function ReviewList({ items, chosen, onChoose, more }: ReviewListProps) {
  const { text } = useReader();
  const titleOf = useKeyTitles();
  return (
    <nav className={styles.list} aria-label={text.data.quarantine.title}>
      {items.map((item) => (
        <button
          key={item.itemId}
          type="button"
          className={styles.entry}
          aria-current={item.itemId === chosen}
          onClick={() => onChoose(item.itemId)}
        >
          <span className="spread">
            <b>{text.data.quarantine.reason[item.reason]}</b>
            <span className="faint">
              <TimeText at={item.foundAt} />
            </span>
          </span>
          <span className="soft">
            {item.keys
              .slice(0, 2)
              .map(({ type, masked }) => `${titleOf(type)} ${masked}`)
              .join(' · ')}
          </span>
        </button>
      ))}
      {more && (
        <Button type="text" block loading={more.loading} onClick={more.onMore}>
          {text.state.more}
        </Button>
      )}
    </nav>
  );
}
