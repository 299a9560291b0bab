import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assign, bucketOf } from './assign-share.ts';

// Known answers of GrowthBook's SDK conformance cases, "hash", version 2: seed, value, n (the bucket / 10,000).
const KNOWN_ANSWERS: [string, string, number][] = [
  ['seed', 'a', 0.0505],
  ['seed', 'b', 0.2696],
  ['foo', 'ab', 0.2575],
  ['foo', 'def', 0.2019],
  ['89123klj', '8952klfjas09ujkasdf', 0.124],
  ['90850943850283058242805', '123', 0.7516],
  ['()**(%$##$%#$#', '___)((*":&', 0.0128],
];

describe('assign', () => {
  it.each(KNOWN_ANSWERS)('hashes %s + %s as GrowthBook does', (seed, value, expected) => {
    expect(bucketOf(seed, value) / 10_000).toBe(expected);
  });

  it('gives each label its share', () => {
    const counts = new Map<string | undefined, number>();
    for (let person = 1; person <= 100_000; person++) {
      const label = assign('renewal:split', String(person), [
        { label: 'A', share: 3_000 },
        { label: 'B', share: 6_000 },
      ]);
      counts.set(label, (counts.get(label) ?? 0) + 1);
    }
    // Three standard errors of a share of 0.3 (0.6) among 100,000 are below 0.5 %.
    expect(counts.get('A')! / 100_000).toBeCloseTo(0.3, 2);
    expect(counts.get('B')! / 100_000).toBeCloseTo(0.6, 2);
    expect(counts.get(undefined)! / 100_000).toBeCloseTo(0.1, 2);
  });

  it('keeps people where they are when a share grows at the end', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 0, max: 9_999 }), fc.nat(1_000), (person, share, more) => {
        const before = assign('key', String(person), [{ label: 'in', share }]);
        const after = assign('key', String(person), [{ label: 'in', share: share + more }]);
        expect(before === undefined || after === 'in').toBe(true);
      }),
    );
  });
});
