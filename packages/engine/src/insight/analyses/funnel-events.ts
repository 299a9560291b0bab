/** Steps take the lowest bits of a packed event, exclusions those from here. */
export const FIRST_EXCLUSION_BIT = 12;
/** Above the marks stands the place of the lowest mark, so that events of one instant count in the order of steps. */
export const PLACE_BIT = 17;
export const TIME_BIT = 22;

export const EMPTY = 'emptyArrayUInt64()';

/** Of a packed event, its epoch ms. */
export function instantIn(event: string): string {
  return `bitShiftRight(${event}, ${TIME_BIT})`;
}

/** How the events of a person, `packed` in order, are walked. */
export interface FunnelFold {
  /** SQL of what is known after the last event, to be named `folded`. */
  readonly folded: string;
  /** SQL of the times of the furthest chain, over `folded`. The last event's own state is still to be looked at. */
  readonly deepest: string;
}
