import type { PointerEvent, KeyboardEvent } from 'react';
import { Button, Input, Tooltip } from 'antd';
import { DeleteOutlined, HolderOutlined, SearchOutlined } from '@ant-design/icons';
import type { Analysis } from '@wutong/contract';
import { Link } from 'react-router-dom';
import { useReader } from '../../../frame/reader.tsx';
import { EmptyState } from '../../../parts/states.tsx';
import { useCodeSentence } from '../../data/code-sentence.ts';
import { AnswerView } from '../answer-view.tsx';
import { addressOf } from '../question/question.ts';
import type { InsightNames } from '../question/use-insight-names.ts';
import { ROW_PX, type Tile } from './pack-tiles.ts';
import styles from './board.module.css';

/** What the head, the foot and the inner space of a tile take of its height, in px. */
const FRAME_PX = 116;
/** What stands above a chart in a tile: totals of a trend, names and numbers of a funnel. */
const ABOVE_PX: Partial<Record<Analysis['kind'], number>> = {
  trend: 84,
  funnel: 96,
  distribution: 30,
  interval: 30,
};
const LOWEST_PX = 110;

interface TileEditing {
  onRename: (title: string) => void;
  onRemove: () => void;
  onMove: (by: number) => void;
  onResize: (wider: number, higher: number) => void;
  onPull: (event: PointerEvent<HTMLElement>) => void;
  onDragStart: () => void;
  onDragEnd: () => void;
  onDragOver: () => void;
}

interface TileViewProps {
  tile: Tile;
  boardId: string;
  names: InsightNames;
  lastDays: number | undefined;
  refetchIntervalMs: number | undefined;
  dragged: boolean;
  editing: TileEditing | undefined;
}

/** A saved question with its answer. */
export function TileView(props: TileViewProps) {
  const { tile, boardId, names, lastDays, refetchIntervalMs, dragged, editing } = props;
  const { place, title, analysis, chart } = tile;
  const sentence = useCodeSentence();
  const words = useReader().text.boards;
  // A report of the present state is of no period.
  const asked: Analysis | undefined =
    lastDays === undefined || !analysis?.period ? analysis : { ...analysis, period: { lastDays } };
  const above = asked ? (ABOVE_PX[asked.kind] ?? 0) : 0;
  const heightPx = Math.max(LOWEST_PX, place.height * ROW_PX - FRAME_PX - above);
  return (
    <section
      className={styles.tile}
      aria-label={title}
      data-editing={editing !== undefined}
      data-dragged={dragged}
      style={{
        gridColumn: `${place.column + 1} / span ${place.width}`,
        gridRow: `${place.row + 1} / span ${place.height}`,
      }}
      onDragOver={
        editing &&
        ((event) => {
          event.preventDefault();
          editing.onDragOver();
        })
      }
    >
      {editing ? (
        <EditHead title={title} editing={editing} />
      ) : (
        <header className={styles.tileHead}>
          <h2>{title}</h2>
          {asked && (
            <Tooltip title={words.open}>
              <Link
                className={styles.open}
                to={`${addressOf(asked)}&board=${boardId}&tile=${tile.tileId}`}
                aria-label={`${words.open}: ${title}`}
              >
                <SearchOutlined />
              </Link>
            </Tooltip>
          )}
        </header>
      )}
      <div className={styles.tileBody} inert={editing !== undefined}>
        {asked ? (
          <AnswerView
            tile
            question={asked}
            names={names}
            chart={chart}
            heightPx={heightPx}
            refetchIntervalMs={refetchIntervalMs}
          />
        ) : (
          <EmptyState small title={words.notShared} hint={sentence('names_not_shared')} />
        )}
      </div>
      {editing && <i className={styles.corner} aria-hidden="true" onPointerDown={editing.onPull} />}
    </section>
  );
}

/** The head while editing: a handle to drag (arrows move, with Shift they resize), the title, removal. */
function EditHead({ title, editing }: { title: string; editing: TileEditing }) {
  const words = useReader().text.boards;
  const onKey = (event: KeyboardEvent) => {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!by) return;
    event.preventDefault();
    if (event.shiftKey) editing.onResize(by[0] ?? 0, by[1] ?? 0);
    else editing.onMove((by[0] ?? 0) || (by[1] ?? 0));
  };
  return (
    <header className={styles.tileHead}>
      <button
        type="button"
        className={styles.handle}
        draggable
        title={words.dragTile}
        aria-label={`${title}: ${words.dragTile}`}
        onDragStart={editing.onDragStart}
        onDragEnd={editing.onDragEnd}
        onKeyDown={onKey}
      >
        <HolderOutlined />
      </button>
      <Input
        size="small"
        aria-label={words.tileTitle}
        maxLength={200}
        defaultValue={title}
        onBlur={(event) => event.target.value.trim() !== '' && editing.onRename(event.target.value.trim())}
      />
      <Button
        size="small"
        type="text"
        danger
        icon={<DeleteOutlined />}
        aria-label={`${words.removeTile}: ${title}`}
        onClick={editing.onRemove}
      />
    </header>
  );
}
