import type { DecodedRecord } from './record.ts';

/** A decoded record in the native wire form, so that one rejected on the way can be shown, repaired and replayed. */
export function toNative(record: DecodedRecord): Record<string, unknown> {
  const { time, ...rest } = record;
  const stamped = { ...rest, time: new Date(time).toISOString(), historical: true };
  if (record.kind === 'attributes') {
    const { action, ...named } = stamped as typeof stamped & { action: string };
    return { ...named, operation: action };
  }
  return stamped;
}
