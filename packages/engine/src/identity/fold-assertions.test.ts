import { describe, expect, it } from 'vitest';
import type { AssertionKind, FoldAssertion, FoldKey } from './assertion.ts';
import { foldAssertions } from './fold-assertions.ts';
import { compileKeyRules } from './key-rules.ts';
import { BANK_KEY_TYPES } from './preset-key-types.ts';

const rules = compileKeyRules(1, BANK_KEY_TYPES);
const DAY_MS = 86_400_000;
const TYPES: Record<string, string> = {
  c: 'customer_number',
  i: 'id_number',
  l: 'login_id',
  a: 'account',
  u: 'union_id',
  o: 'open_id',
  m: 'mobile',
  e: 'email',
  d: 'device',
  k: 'cookie',
};

/** `at kind keys`, for instance `1 bind c1 m1`: the letter is the type, see TYPES. */
function fold(lines: readonly string[]): { persons: string; refused: string; shared: string } {
  const numbers = new Map<string, number>();
  const names: string[] = [];
  const keys = new Map<number, FoldKey>();
  const numberOf = (name: string): number => {
    if (!numbers.has(name)) {
      const keyNumber = numbers.size + 1;
      numbers.set(name, keyNumber);
      names[keyNumber] = name;
      const type = TYPES[name[0]!]!;
      keys.set(keyNumber, { keyNumber, type, fingerprint: name, blocked: false, shared: false });
    }
    return numbers.get(name)!;
  };
  const assertions = lines.map((line, index): FoldAssertion => {
    const [at, kind, ...given] = line.split(' ');
    return {
      assertionId: `${index}`,
      kind: kind as AssertionKind,
      keyNumbers: given.map(numberOf),
      firstAt: Number(at),
      lastAt: Number(at),
    };
  });
  const result = foldAssertions({ rules, keys, assertions });
  const sets = new Map<number, string[]>();
  for (const [key, person] of result.personOf) sets.set(person, [...(sets.get(person) ?? []), names[key]!]);
  return {
    persons: [...sets.values()]
      .map((set) => set.sort().join(' '))
      .sort()
      .join(' | '),
    refused: result.refusals
      .map((each) => `${each.reason} ${names[each.anchor]} ${names[each.other]}`)
      .sort()
      .join(', '),
    shared: [...result.shared.keys()]
      .map((key) => names[key]!)
      .sort()
      .join(' '),
  };
}

function check(
  lines: readonly string[],
  persons: string,
  rest: { refused?: string; shared?: string } = {},
): void {
  const expected = { persons, refused: rest.refused ?? '', shared: rest.shared ?? '' };
  expect(fold(lines)).toEqual(expected);
}

describe('linking', () => {
  it('joins what is bound', () => check(['1 bind c1 m1', '2 bind m1 d1'], 'c1 d1 m1'));
  it('joins a sign-up', () => check(['1 sign_up l1 k1', '2 bind c1 l1'], 'c1 k1 l1'));
  it('lets a second login not take a browser from the first', () =>
    check(['1 bind c1 l1', '1 bind c2 l2', '2 sign_up l1 k1', '3 sign_up l2 k1'], 'c1 k1 l1 | c2 l2'));
  it('unbinds the weaker key', () => check(['1 bind c1 m1', '1 bind c1 d1', '2 unbind c1 m1'], 'c1 d1 | m1'));
  it('unbinds a lone key', () => check(['1 bind c1 m1', '2 unbind m1'], 'c1 | m1'));
  it('binds again after an unbind', () => check(['1 bind c1 m1', '2 unbind c1 m1', '3 bind c1 m1'], 'c1 m1'));
  it('takes children along with the parent', () =>
    check(['1 bind c1 u1', '2 bind u1 o1', '3 bind c1 m1', '4 unbind c1 u1'], 'c1 m1 | o1 u1'));
});

describe('guards', () => {
  it('keeps two customer numbers apart, and tells', () =>
    check(['1 bind c1 l1', '2 bind c2 l1'], 'c1 l1 | c2', { refused: 'cardinality c2 l1' }));
  it('gives a recycled mobile to the newer customer', () =>
    check(['1 bind c1 m1', '2 bind c2 m1'], 'c1 | c2 m1'));
  it('does not give it away because both were merely seen together', () =>
    check(['1 bind c1 m1', '2 seen c2 m1'], 'c1 m1 | c2'));
  it('keeps a device with its first customer', () => check(['1 bind c1 d1', '2 bind c2 d1'], 'c1 d1 | c2'));
  it('lets the tablet of a branch glue nobody, not even those before it was found out', () =>
    check(
      [
        '1 bind d1 k1',
        '2 bind d1 k2',
        '3 bind c1 d1',
        '4 bind c2 d1',
        '5 bind c3 d1',
        '6 bind c4 d1',
        '7 bind c1 k1',
      ],
      'c1 k1 | c2 | c3 | c4 | d1 | k2',
      { shared: 'd1' },
    ));
  it('gives a joint account to nobody', () =>
    check(['1 bind c1 a1', '2 bind c2 a1'], 'a1 | c1 | c2', { shared: 'a1' }));
  it('limits keys per person', () => {
    const lines = Array.from({ length: 12 }, (_, index) => `${index * 40 * DAY_MS + 1} bind c1 m${index}`);
    expect(fold(lines).refused).toBe('limit c1 m10, limit c1 m11');
  });
  it('limits keys per window', () => {
    const lines = Array.from({ length: 6 }, (_, index) => `${index + 1} bind c1 m${index}`);
    expect(fold(lines).refused).toBe('window c1 m5');
  });
});

describe('decisions', () => {
  it('merges against the guards', () => check(['1 bind c1 l1', '2 bind c2 l1', '3 merge c2 l1'], 'c1 c2 l1'));
  it('keeps apart for all times', () => check(['1 bind c1 m1', '2 apart c1 m1', '3 bind c1 m1'], 'c1 | m1'));
  it('lets the later of two decisions hold', () => {
    check(['1 bind c1 m1', '2 apart c1 m1', '3 merge c1 m1'], 'c1 m1');
    check(['1 merge c1 m1', '2 apart c1 m1'], 'c1 | m1');
  });
  it('exempts a key from being shared', () =>
    check(['1 bind c1 a1', '2 bind c2 a1', '3 exempt a1'], 'a1 c1 | c2', { refused: 'cardinality c2 a1' }));
  it('declares a key shared', () => check(['1 bind c1 m1', '2 shared m1'], 'c1 | m1', { shared: 'm1' }));
});
