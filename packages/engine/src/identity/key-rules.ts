import type { identityApi } from '@wutong/contract';

type KeyType = identityApi.KeyType;

/** A key type with its patterns compiled. */
export interface KeyRule extends KeyType {
  /** The one form of a value in which it is compared and stored; empty when nothing is left. */
  readonly normalise: (value: string) => string;
  /** Whether a normalised value is one that says nothing (`null`, `00000000`, a test device). */
  readonly isBlocked: (normalised: string) => boolean;
}

/** All key types, by name, and the version under which they were saved. */
export interface KeyRules {
  readonly version: number;
  readonly byType: ReadonlyMap<string, KeyRule>;
}

const MAXIMUM_VALUE_LENGTH = 255;

const normalisers: Record<KeyType['normalisation'], (value: string) => string> = {
  trim: (value) => value.trim(),
  lowercase: (value) => value.trim().toLowerCase(),
  uppercase: (value) => value.trim().toUpperCase(),
  mobile: normaliseMobile,
};

/**
 * Digits only; a mainland China mobile number (1 and ten more digits) loses 86, +86 or 0086, any
 * other international number keeps its country code behind a plus.
 */
function normaliseMobile(value: string): string {
  if (SCIENTIFIC.test(value.trim())) return '';
  const international = /^\s*(\+|00)/.test(value);
  const digits = value.replace(/\D/g, '').replace(/^00/, '');
  const mainland = /^(?:86)?(1[3-9]\d{9})$/.exec(digits);
  if (mainland) return mainland[1]!;
  return international && digits !== '' ? `+${digits}` : digits;
}

// Values that clients send when they have none; compared without regard to case.
const MEANINGLESS = new Set([
  'null',
  'undefined',
  'none',
  'nil',
  'nan',
  'n/a',
  'na',
  'unknown',
  'anonymous',
  'test',
  'true',
  'false',
  '[object object]',
  '无',
  '空',
  '-',
  // The last row of a table that people made.
  '合计',
  '总计',
  '小计',
  '总和',
  'total',
  'subtotal',
  'grand total',
  // What Excel shows in a cell whose formula found nothing (ECMA-376, 18.17.3).
  '#n/a',
  '#null!',
  '#div/0!',
  '#value!',
  '#ref!',
  '#name?',
  '#num!',
  // iOS without permission, and the emulator's and old firmware's Android id.
  '00000000-0000-0000-0000-000000000000',
  '9774d56d682e549c',
  '02:00:00:00:00:00',
]);

/** `1.38E+10`: what a spreadsheet shows of a long number. The last digits are gone, and many numbers look the same. */
const SCIENTIFIC = /^\d([.,]\d+)?e\+?\d{1,3}$/i;

/** One character again and again (`00000000`, `xxxx`) names nobody. */
const ONE_CHARACTER = /^(.)\1*$/u;

/** Compiles declared key types. Throws SyntaxError on a broken pattern. */
export function compileKeyRules(version: number, types: readonly KeyType[]): KeyRules {
  const byType = new Map<string, KeyRule>();
  for (const type of [...types].sort((a, b) => a.priority - b.priority || (a.type < b.type ? -1 : 1))) {
    byType.set(type.type, compileKeyRule(type));
  }
  return { version, byType };
}

function compileKeyRule(type: KeyType): KeyRule {
  const normalise = normalisers[type.normalisation];
  const values = new Set(type.blockedValues.map(normalise));
  const patterns = type.blockedPatterns.map((pattern) => new RegExp(`^(?:${pattern})$`, 'u'));
  return {
    ...type,
    normalise,
    isBlocked: (normalised) =>
      normalised === '' ||
      normalised.length > MAXIMUM_VALUE_LENGTH ||
      MEANINGLESS.has(normalised.toLowerCase()) ||
      ONE_CHARACTER.test(normalised) ||
      SCIENTIFIC.test(normalised) ||
      values.has(normalised) ||
      patterns.some((pattern) => pattern.test(normalised)),
  };
}
