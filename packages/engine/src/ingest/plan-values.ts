import type { BankDays } from './bank-day.ts';
import type { PlanValueType } from './plan-store.ts';

const DATE = /^\d{4}-\d\d-\d\d$/;
const DATE_TIME = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?$/;
const ZONED = /(Z|[+-]\d\d:?\d\d)$/;

/** The type of a value met for the first time. */
export function typeOfValue(value: unknown): PlanValueType {
  if (typeof value === 'number') return 'number';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value !== 'string') {
    return Array.isArray(value) && value.every((each) => typeof each === 'string') ? 'string[]' : 'json';
  }
  if (value[4] !== '-' || value[7] !== '-') return 'string';
  if (DATE.test(value)) return 'date';
  return DATE_TIME.test(value) ? 'datetime' : 'string';
}

/** Whether a value is of the type as it stands; the cheap question that is asked of every property. */
export function isOfType(value: unknown, type: PlanValueType): boolean {
  switch (type) {
    case 'string':
    case 'number':
    case 'boolean':
      return typeof value === type;
    case 'date':
      return typeof value === 'string' && value.length === 10 && DATE.test(value);
    case 'datetime':
      // As stored: ISO 8601 in UTC with milliseconds.
      return typeof value === 'string' && value.length === 24 && value.endsWith('Z') && DATE_TIME.test(value);
    case 'string[]':
      return Array.isArray(value) && value.every((each) => typeof each === 'string');
    case 'json':
      return true;
  }
}

/**
 * The value in the planned type when nothing is lost by it, otherwise undefined. Times without a zone are
 * the bank's; times are stored as ISO 8601 in UTC with milliseconds.
 */
export function coerced(value: unknown, type: PlanValueType, days: BankDays): unknown {
  if (isOfType(value, type)) return value;
  switch (type) {
    case 'string':
      return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
    case 'number':
      return numberOf(value);
    case 'boolean':
      if (value === 'true' || value === 1) return true;
      return value === 'false' || value === 0 ? false : undefined;
    case 'datetime':
      return isoInstant(value, days);
    case 'string[]':
      return typeof value === 'string' ? [value] : undefined;
    case 'date':
    case 'json':
      return undefined;
  }
}

/** Not of digits beyond 2^53, which a number would lose. */
function numberOf(value: unknown): number | undefined {
  if (typeof value !== 'string' || !/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value)) return undefined;
  const number = Number(value);
  return /^-?\d+$/.test(value) && !Number.isSafeInteger(number) ? undefined : number;
}

function isoInstant(value: unknown, days: BankDays): string | undefined {
  if (typeof value !== 'string') return undefined;
  const instant = ZONED.test(value) && !DATE.test(value) ? Date.parse(value) : days.instantOf(value);
  return Number.isNaN(instant) ? undefined : new Date(instant).toISOString();
}
