import type { Field } from '@wutong/contract';
import type { Secrets } from '../platform/index.ts';
import { isSealed, type Stored } from './fold-attributes.ts';
import { maskValue } from './mask-value.ts';
import { showValue } from './coerce-value.ts';
import type { Value } from './operation.ts';

/** A value as it may lie on disk: encrypted when the field is of class `identifying`. */
export function sealValue(value: Value, field: Pick<Field, 'pii'>, secrets: Secrets): Stored {
  if (field.pii !== 'identifying') return value;
  const text = String(value);
  return { box: secrets.encrypt(text), print: secrets.fingerprint(text) };
}

/** The value itself. */
export function openValue(stored: Stored, secrets: Secrets): Value {
  return isSealed(stored) ? secrets.decrypt(stored.box) : stored;
}

/** A value as it is shown, masked unless `open`. */
export function shownValue(
  stored: Stored,
  field: Pick<Field, 'pii' | 'mask' | 'valueType'>,
  secrets: Secrets,
  open: boolean,
): Value {
  const value = showValue(openValue(stored, secrets), field.valueType);
  return open ? value : maskValue(value, field);
}

/** `YYYY-MM-DD hh:mm:ss.SSS` in UTC, as ClickHouse reads a DateTime64(3, 'UTC'). */
export function clickHouseTime(ms: number): string {
  if (ms === lastTime.ms) return lastTime.text;
  lastTime = { ms, text: new Date(ms).toISOString().replace('T', ' ').slice(0, 23) };
  return lastTime.text;
}

/** Rows of one file often say the same time. */
let lastTime = { ms: 0, text: '1970-01-01 00:00:00.000' };

/** A stored value as the field's ClickHouse column holds it. */
export function columnValue(
  stored: Stored,
  field: Pick<Field, 'valueType'>,
): string | number | boolean | string[] {
  if (isSealed(stored)) return stored.print;
  return field.valueType === 'datetime' ? clickHouseTime(stored as number) : stored;
}

/** Epoch ms of a DateTime64(3, 'UTC') as ClickHouse writes it. */
export function epochOfClickHouse(text: string): number {
  return Date.parse(`${text.replace(' ', 'T')}Z`);
}
