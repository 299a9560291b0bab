import { describe, expect, test } from 'vitest';
import type { KeyType } from '../src/api/vocabulary.ts';
import {
  blocks,
  keyTypeOf,
  newKeyRule,
  shownMeaning,
  valuesOf,
} from '../src/pages/identity/key-rule-values.ts';
import { movesOf } from '../src/pages/people/moves-of-keys.ts';
import { en } from '../src/text/en.ts';
import { zh } from '../src/text/zh.ts';

const mobile: KeyType = {
  type: 'mobile',
  title: { en: 'Mobile', zh: '手机号' },
  meaning: '',
  priority: 70,
  cardinality: 'many',
  contested: 'newest',
  maximumPerPerson: 10,
  windowLimit: { maximum: 5, windowMs: 30 * 86_400_000 },
  sharedAbove: 4,
  pii: true,
  normalisation: 'mobile',
  blockedValues: ['13800138000'],
  blockedPatterns: [String.raw`\d{0,6}`],
};

describe('the form of a key type', () => {
  test('gives back what it was given', () => {
    expect(keyTypeOf(valuesOf(mobile))).toEqual(mobile);
    const { maximumPerPerson: _most, windowLimit: _window, sharedAbove: _shared, ...bare } = mobile;
    expect(keyTypeOf(valuesOf(bare))).toEqual(bare);
  });

  test('drops a maximum where a person has one key, which the server would refuse', () => {
    const values = { ...valuesOf(mobile), cardinality: 'one' as const };
    expect(keyTypeOf(values)).not.toHaveProperty('maximumPerPerson');
  });

  test.each([
    ['+86 138 0013 8000', true],
    ['12345', true],
    ['1111111', true],
    ['13612345678', false],
  ])('says that %s is blocked: %s', (value, expected) => {
    expect(blocks(mobile, value)).toBe(expected);
  });

  test('a broken pattern blocks nothing instead of breaking the page', () => {
    expect(blocks({ ...newKeyRule, blockedPatterns: ['('] }, 'abc')).toBe(false);
  });

  test('words that came with the installation are read in the reader’s language, own words as written', () => {
    const preset = { type: 'email', meaning: en.identity.presetMeanings.email };
    expect(shownMeaning(preset, zh)).toBe(zh.identity.presetMeanings.email);
    expect(shownMeaning({ ...preset, meaning: '客户自填' }, en)).toBe('客户自填');
    const login = { type: 'login_id', meaning: en.identity.presetMeanings.login_id };
    expect(shownMeaning(login, zh)).toBe(zh.identity.presetMeanings.login_id);
    expect(shownMeaning(login, en)).not.toContain('`');
  });
});

test('keys that moved together are one move', () => {
  const change = { at: '2026-11-13T01:00:00.000Z', cause: 'decision', oldPersonId: 7, newPersonId: 3 };
  const said = (assertionId: string) => ({
    assertionId,
    kind: 'apart' as const,
    keys: [],
    firstAt: '',
    lastAt: '',
    sourceId: '',
    retracted: false,
  });
  const keyOf = (keyNumber: number) => ({ type: 'mobile', keyNumber, masked: '139****' });
  const moved = (keyNumber: number, ...evidence: string[]) => ({
    ...change,
    keyNumber,
    key: keyOf(keyNumber),
    evidence: evidence.map(said),
  });
  const moves = movesOf([
    { ...moved(8, 'a', 'b'), sequence: 2 },
    { ...moved(7, 'b', 'c'), sequence: 1 },
    { ...moved(9), sequence: 0, at: '2026-11-12T01:00:00.000Z', cause: 'ingest' },
  ]);
  expect(moves.map(({ keys }) => keys.map(({ keyNumber }) => keyNumber))).toEqual([[8, 7], [9]]);
  expect(moves[0]!.evidence.map(({ assertionId }) => assertionId)).toEqual(['a', 'b', 'c']);
});
