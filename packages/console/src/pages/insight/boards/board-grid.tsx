import { useRef, useState, type PointerEvent } from 'react';
import type { InsightNames } from '../question/use-insight-names.ts';
import { COLUMNS, moveTile, packTiles, ROW_PX, type Tile } from './pack-tiles.ts';
import { TileView } from './tile-view.tsx';
import styles from './board.module.css';

/** No chart is readable below this. */
const NARROWEST = 3;
const LOWEST = 5;
const HIGHEST = 30;

interface BoardGridProps {
  /** In their order, placed. */
  tiles: readonly Tile[];
  boardId: string;
  names: InsightNames;
  /** Instead of each question's own period. */
  lastDays: number | undefined;
  editing: boolean;
  refetchIntervalMs: number | undefined;
  onChange: (tiles: Tile[]) => void;
}

/** Tiles in a grid of twelve columns; while editing they are dragged, resized, renamed and removed. */
export function BoardGrid(props: BoardGridProps) {
  const { tiles, boardId, names, lastDays, editing, refetchIntervalMs, onChange } = props;
  const grid = useRef<HTMLDivElement>(null);
  const [dragged, setDragged] = useState<string>();
  const change = (tileId: string, changed: Partial<Tile>) =>
    onChange(packTiles(tiles.map((tile) => (tile.tileId === tileId ? { ...tile, ...changed } : tile))));
  const resize = (tile: Tile, width: number, height: number) =>
    change(tile.tileId, {
      place: {
        ...tile.place,
        width: Math.max(NARROWEST, Math.min(COLUMNS, width)),
        height: Math.max(LOWEST, Math.min(HIGHEST, height)),
      },
    });
  const move = (tileId: string, to: number) => onChange(moveTile(tiles, tileId, to));
  /** Follows the pointer from the corner of a tile, in whole columns and rows. */
  const startResize = (tile: Tile) => (down: PointerEvent<HTMLElement>) => {
    down.preventDefault();
    const handle = down.currentTarget;
    const columnPx = (grid.current?.clientWidth ?? 1_200) / COLUMNS;
    const { width, height } = tile.place;
    handle.setPointerCapture(down.pointerId);
    const follow = (event: globalThis.PointerEvent) =>
      resize(
        tile,
        width + Math.round((event.clientX - down.clientX) / columnPx),
        height + Math.round((event.clientY - down.clientY) / ROW_PX),
      );
    handle.addEventListener('pointermove', follow);
    handle.addEventListener('pointerup', () => handle.removeEventListener('pointermove', follow), {
      once: true,
    });
  };
  return (
    <div ref={grid} className={styles.grid}>
      {tiles.map((tile, index) => (
        <TileView
          key={tile.tileId}
          tile={tile}
          boardId={boardId}
          names={names}
          lastDays={lastDays}
          refetchIntervalMs={refetchIntervalMs}
          dragged={dragged === tile.tileId}
          editing={
            editing
              ? {
                  onRename: (title) => change(tile.tileId, { title }),
                  onRemove: () => onChange(packTiles(tiles.filter((each) => each !== tile))),
                  onMove: (by) => move(tile.tileId, index + by),
                  onResize: (wider, higher) =>
                    resize(tile, tile.place.width + wider, tile.place.height + higher),
                  onPull: startResize(tile),
                  onDragStart: () => setDragged(tile.tileId),
                  onDragEnd: () => setDragged(undefined),
                  onDragOver: () => {
                    if (dragged !== undefined && dragged !== tile.tileId) move(dragged, index);
                  },
                }
              : undefined
          }
        />
      ))}
    </div>
  );
}
