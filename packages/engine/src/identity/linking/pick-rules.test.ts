import { describe, expect, it } from 'vitest';
import type { BlockingRule } from './choose-blocking.ts';
import { pickRules } from './pick-rules.ts';
import type { Model, RulePattern } from './train-model.ts';

const rule = (column: string, pairs: number): BlockingRule => ({ keys: [], columns: [column], pairs });

/** One column: level 0 is a match, level 1 a stranger, as good as certainly. */
const MODEL: Model = {
  prior: 0.5,
  parents: [undefined],
  m: { all: [[1 - 1e-9, 1e-9]], given: [undefined] },
  u: { all: [[1e-9, 1 - 1e-9]], given: [undefined] },
};

const found = (level: number, count: number, ...rules: number[]): RulePattern => ({
  levels: [level],
  count,
  rules: new Set(rules),
});

describe('rules for candidate pairs', () => {
  const rules = [rule('good', 1_000), rule('covered', 1_000), rule('dear', 1_000_000)];
  const patterns = [
    found(0, 900, 0, 1),
    found(1, 100, 0, 1),
    // A few matches more, among very many strangers.
    found(0, 20, 2),
    found(1, 1_000_000, 2),
  ];

  it('leave out what finds nothing that another does not find', () => {
    expect(pickRules(rules, patterns, MODEL, { most: 5_000_000, free: 5_000_000 })).toEqual([
      rules[0],
      rules[2],
    ]);
  });

  it('take a rule of few matches among many pairs only while pairs are free', () => {
    expect(pickRules(rules, patterns, MODEL, { most: 5_000_000, free: 300_000 })).toEqual([rules[0]]);
  });

  it('take a rule that is worth its pairs until all pairs are spent', () => {
    const worth = [...patterns, found(0, 100, 2)];
    expect(pickRules(rules, worth, MODEL, { most: 5_000_000, free: 300_000 })).toEqual([rules[0], rules[2]]);
    expect(pickRules(rules, worth, MODEL, { most: 900_000, free: 300_000 })).toEqual([rules[0]]);
  });
});
