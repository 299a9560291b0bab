import { useState, type KeyboardEvent, type ReactNode } from 'react';
import { Button } from 'antd';
import { PlusOutlined } from '@ant-design/icons';
import type { AnalysedEvent } from '@wutong/contract';
import { useText } from '../../../frame/reader.tsx';
import { EventField } from './event-field.tsx';
import type { InsightNames } from './use-insight-names.ts';
import styles from './question.module.css';

interface EventListProps<Event extends AnalysedEvent> {
  label: string;
  add: string;
  events: readonly Event[];
  onChange: (events: Event[]) => void;
  /** What a new one is, given its event. */
  make: (event: string) => Event;
  names: InsightNames;
  marks: 'letters' | 'numbers';
  fewest: number;
  most: number;
  any?: boolean;
  /** Stands below each event. */
  children?: (event: Event, change: (event: Event) => void) => ReactNode;
}

/** Events in an order that matters or does not; the mark is the handle to drag, and moves by Alt + ↑ ↓. */
export function EventList<Event extends AnalysedEvent>(props: EventListProps<Event>) {
  const { label, add, events, onChange, make, names, marks, fewest, most, any, children } = props;
  const { insight: words } = useText();
  const [dragged, setDragged] = useState<number>();
  const [target, setTarget] = useState<number>();
  const change = (index: number, next: Event) =>
    onChange(events.map((each, place) => (place === index ? next : each)));
  const move = (from: number, to: number) => {
    if (to < 0 || to >= events.length || from === to) return;
    const next = events.filter((_, place) => place !== from);
    onChange(next.toSpliced(to, 0, events[from]!));
  };
  const onKey = (index: number) => (event: KeyboardEvent) => {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
    event.preventDefault();
    move(index, event.key === 'ArrowUp' ? index - 1 : index + 1);
  };
  const drop = () => {
    if (dragged !== undefined && target !== undefined) move(dragged, target);
    setDragged(undefined);
    setTarget(undefined);
  };
  const used = new Set(events.map(({ event }) => event));
  const fresh = names.events.find(({ name }) => !used.has(name))?.name ?? events[0]?.event;
  return (
    <div className={styles.events} role="list" aria-label={label}>
      {events.map((event, index) => (
        <div
          // Events may repeat; their place is what tells them apart.
          key={index}
          role="listitem"
          onDragOver={(over) => {
            over.preventDefault();
            setTarget(index);
          }}
          onDrop={drop}
          className={styles.place}
          data-target={target === index && dragged !== undefined && dragged !== index}
        >
          <EventField
            label={`${label} ${index + 1}`}
            value={event}
            names={names}
            any={any}
            onChange={(next) => change(index, next)}
            onRemove={
              events.length > fewest
                ? () => onChange(events.filter((_, place) => place !== index))
                : undefined
            }
            mark={
              <button
                type="button"
                className={styles.letter}
                draggable
                title={words.drag}
                aria-label={`${label} ${index + 1}: ${words.drag}`}
                onDragStart={() => setDragged(index)}
                onDragEnd={() => {
                  setDragged(undefined);
                  setTarget(undefined);
                }}
                onKeyDown={onKey(index)}
              >
                {marks === 'letters' ? String.fromCodePoint(65 + index) : index + 1}
              </button>
            }
          >
            {children?.(event, (next) => change(index, next))}
          </EventField>
        </div>
      ))}
      {events.length < most && fresh !== undefined && (
        <Button
          type="link"
          size="small"
          icon={<PlusOutlined />}
          className={styles.add}
          onClick={() => onChange([...events, make(fresh)])}
        >
          {add}
        </Button>
      )}
    </div>
  );
}
