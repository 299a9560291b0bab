/** A moment of PostgreSQL, by which transactions had ended: of one server, any two can be told apart. */
export interface MapSnapshot {
  /** The first transaction that had not begun. */
  readonly next: number;
  /** How many below it were still under way: they only become fewer. */
  readonly open: number;
}

/** Of `pg_current_snapshot()::text`: `xmin:xmax:xip,xip…`. */
export function readSnapshot(text: string): MapSnapshot {
  const [, next = '0', open = ''] = text.split(':');
  return { next: Number(next), open: open === '' ? 0 : open.split(',').length };
}

export const isBefore = (one: MapSnapshot, other: MapSnapshot): boolean =>
  one.next < other.next || (one.next === other.next && one.open > other.open);

/** A snapshot in which also its own transaction is open, of which PostgreSQL says nothing. */
export function withOpen(text: string, own: string | null): string {
  const [oldest, next = '0', open = ''] = text.split(':');
  // What has no number yet gets one that is not in it.
  if (own === null || BigInt(own) >= BigInt(next)) return text;
  const numbers = new Set([...(open === '' ? [] : open.split(',')), own]);
  const ascending = [...numbers].sort((one, other) => (BigInt(one) < BigInt(other) ? -1 : 1));
  return `${oldest}:${next}:${ascending.join(',')}`;
}
