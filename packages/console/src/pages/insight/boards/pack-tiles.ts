/** Where the tiles of a dashboard stand. Pure: an order and sizes in, places out. */
import type { AnalysisKind, ShownDashboard, DashboardInput } from '@wutong/contract';

export type Tile = ShownDashboard['tiles'][number];

/** A tile whose question may be read. */
export type SavedTile = DashboardInput['tiles'][number];

/** The parts of a board that its owner sets, as they are saved. */
export function inputOfBoard(board: ShownDashboard): DashboardInput {
  const { name, description, shared, sharedWith, refreshMinutes } = board;
  // A question that is not for the reader cannot be copied by the reader.
  const tiles = board.tiles.flatMap(({ analysis, ...tile }) => (analysis ? [{ ...tile, analysis }] : []));
  return { name, description, shared, sharedWith, refreshMinutes, tiles };
}

/** Columns of the grid, as the contract has them. */
export const COLUMNS = 12;
/** Rows are this high, in px, with the gap below. */
export const ROW_PX = 40;

/** The size a chart of this kind wants at first, in columns and rows. */
export function defaultSize(kind: AnalysisKind): { width: number; height: number } {
  if (kind === 'path' || kind === 'attribution' || kind === 'report') return { width: 12, height: 11 };
  if (kind === 'recency') return { width: 6, height: 11 };
  if (kind === 'funnel') return { width: 6, height: 10 };
  return { width: 6, height: 9 };
}

/** Places tiles in their order, each as far up and left as it fits below none of its forerunners' tops. */
export function packTiles<Placed extends Tile>(tiles: readonly Placed[]): Placed[] {
  // The first free row of each column.
  const free = Array.from({ length: COLUMNS }, () => 0);
  return tiles.map((tile) => {
    const width = Math.min(COLUMNS, tile.place.width);
    const starts = Array.from({ length: COLUMNS - width + 1 }, (_, column) => ({
      column,
      row: Math.max(...free.slice(column, column + width)),
    }));
    const best = starts.reduce((left, right) => (right.row < left.row ? right : left));
    free.fill(best.row + tile.place.height, best.column, best.column + width);
    return { ...tile, place: { ...tile.place, width, ...best } };
  });
}

/** The order in which tiles are read: by rows, then by columns. */
export function inOrder<Placed extends Tile>(tiles: readonly Placed[]): Placed[] {
  return tiles.toSorted(
    (left, right) => left.place.row - right.place.row || left.place.column - right.place.column,
  );
}

/** Moves one tile to another's place in the order. */
export function moveTile(tiles: readonly Tile[], tileId: string, to: number): Tile[] {
  const moved = tiles.find((tile) => tile.tileId === tileId);
  if (!moved) return [...tiles];
  const rest = tiles.filter((tile) => tile !== moved);
  return packTiles(rest.toSpliced(Math.max(0, Math.min(rest.length, to)), 0, moved));
}

/** An id for a tile; browsers give random UUIDs over https only, and a bank's test system may have none. */
export function newTileId(): string {
  return `tile-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`;
}
