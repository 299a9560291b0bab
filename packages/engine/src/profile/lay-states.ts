import type { Row } from './row.ts';
import { RESERVED_COLUMNS } from './name-columns.ts';

/**
 * When each field of a row was said, epoch ms, where that was not at the row's own time. Empty: the row is a whole
 * state, said at its version. Under `*` stands the time of the newest whole state or deletion known to lie beneath:
 * what was said before it counts no more.
 */
export type FieldTimes = Record<string, number>;
const WHOLE = '*';

/** Times of a row that says some fields only. */
export function timesOfFields(names: readonly string[], at: number): FieldTimes {
  return { [WHOLE]: 0, ...Object.fromEntries(names.map((name) => [name, at])) };
}

/** A row that only says that all before it was deleted or is unknown. */
export const deletedRow = (version: number): Row => ({ version, deleted: 1, field_times: {} });

const timesOf = (row: Row): FieldTimes => row['field_times'] as FieldTimes;
/** Whether a row says all there is at its version, or that there is nothing. */
export const isWhole = (row: Row): boolean => row.deleted === 1 || Object.keys(timesOf(row)).length === 0;
const floorOf = (row: Row): number => (isWhole(row) ? row.version : (timesOf(row)[WHOLE] ?? 0));
const saidAt = (row: Row, field: string): number =>
  isWhole(row) ? row.version : (timesOf(row)[field] ?? floorOf(row));

/**
 * One state out of two of the same entity or detail, in whatever order they came: each field as it was said last, and
 * nothing said before a whole state or a deletion. Owner and business time are those of the newer one; of two said at
 * the same instant `wanted` counts.
 */
export function layOver(stored: Row | undefined, wanted: Row): Row {
  if (!stored) return wanted;
  const isNewer = wanted.version >= stored.version;
  const [under, over] = isNewer ? [stored, wanted] : [wanted, stored];
  if (isWhole(over)) return over;
  const floor = Math.max(floorOf(under), floorOf(over));
  const laid: Row = { ...over };
  const times: FieldTimes = { [WHOLE]: floor };
  const sealed: Record<string, string> = {};
  for (const field of fieldsOf(under, over)) {
    const [first, second] = [saidAt(under, field), saidAt(over, field)];
    const chosen =
      first === second
        ? isNewer || under[field] === undefined
          ? over
          : under
        : first > second
          ? under
          : over;
    const at = Math.max(first, second);
    const value = at < floor || chosen.deleted === 1 ? undefined : chosen[field];
    laid[field] = value ?? (Array.isArray(under[field]) || Array.isArray(over[field]) ? [] : null);
    if (at > floor) times[field] = at;
    const box = (chosen['sealed'] as Record<string, string> | undefined)?.[field];
    if (box !== undefined && value !== undefined && value !== null) sealed[field] = box;
  }
  laid['field_times'] = times;
  laid['sealed'] = sealed;
  return laid;
}

/** Names of the fields that either row has a column or a time for. */
function fieldsOf(...rows: readonly Row[]): Set<string> {
  const names = rows.flatMap((row) => Object.keys(row));
  return new Set(names.filter((name) => !RESERVED_COLUMNS.has(name)));
}

/**
 * Takes a state into all states that a detail had, ascending by version; returns those that are new or other than
 * before: the state itself, and the later ones that it lies beneath.
 */
export function layIntoHistory(states: Row[], wanted: Row): Row[] {
  const place = states.findLastIndex((state) => state.version <= wanted.version);
  const changed = [layOver(states[place], wanted)];
  const later = states.slice(place + 1).map((state) => layOver(state, wanted));
  changed.push(...later.filter((state, index) => state !== states[place + 1 + index]));
  const isSame = states[place]?.version === wanted.version;
  states.splice(isSame ? place : place + 1, states.length, changed[0]!, ...later);
  return changed;
}
