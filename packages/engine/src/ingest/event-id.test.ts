import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CLAIM_DAYS_AHEAD, CLAIM_DAYS_KEPT, claimPlace, dayNumber, eventIdOf } from './event-id.ts';

const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 2, 2, 2);

describe('claims', () => {
  it('a second sending up to 7 days later looks where the first one claimed', () => {
    const ownTime = fc.oneof(
      fc.constant(undefined),
      fc.integer({ min: START - 40 * DAY_MS, max: START + 40 * DAY_MS }),
      fc.integer({ min: 0, max: START * 2 }),
    );
    fc.assert(
      fc.property(ownTime, fc.integer({ min: 0, max: 7 * DAY_MS }), (own, laterMs) => {
        const first = claimPlace(own, START);
        const second = claimPlace(own, START + laterMs);
        expect([second.day, second.alsoLook]).toContain(first.day);
      }),
      { numRuns: 5_000 },
    );
  });

  it('only names partitions that exist', () => {
    fc.assert(
      fc.property(fc.integer({ min: START - 60 * DAY_MS, max: START + 60 * DAY_MS }), (own) => {
        const today = dayNumber(START);
        const { day, alsoLook = 0 } = claimPlace(own, START);
        for (const each of [day, alsoLook].filter((place) => place !== 0)) {
          expect(each).toBeGreaterThan(today - CLAIM_DAYS_KEPT);
          expect(each).toBeLessThanOrEqual(today + CLAIM_DAYS_AHEAD);
        }
      }),
      { numRuns: 5_000 },
    );
  });

  it('gives a record one id, a UUID, that differs by source', () => {
    expect(eventIdOf('app', 'm1')).toBe(eventIdOf('app', 'm1'));
    expect(eventIdOf('app', 'm1')).not.toBe(eventIdOf('web', 'm1'));
    expect(eventIdOf('app', 'm1')).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });
});
