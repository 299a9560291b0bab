import { describe, expect, it } from 'vitest';
import type { RiskLevel } from './front-door.ts';
import { DEFAULT_POLICY } from './policy-store.ts';
import { judgeSuitability } from './suitability.ts';

const NOW = Date.parse('2026-03-02T10:00:00+08:00');
const YEAR_MS = 365 * 86_400_000;
const PRODUCTS: RiskLevel[] = ['R1', 'R2', 'R3', 'R4', 'R5'];
const HIGHEST: Record<string, number> = { C1L: 1, C1: 1, C2: 2, C3: 3, C4: 4, C5: 5 };
const judge = (levels: RiskLevel[], attributes: Record<string, unknown>, at = NOW): string | undefined =>
  judgeSuitability(levels, attributes, DEFAULT_POLICY.suitability, at).reason;

describe('suitability', () => {
  for (const [person, highest] of Object.entries(HIGHEST)) {
    for (const product of PRODUCTS) {
      for (const kind of ['ordinary', 'professional']) {
        const fits = kind === 'professional' || Number(product[1]) <= highest;
        it(`${person} ${kind}, ${product}: ${fits ? 'suits' : 'does not'}; expired or missing never does`, () => {
          const valid = { risk_level: person, risk_expires_at: NOW + 1, investor_kind: kind };
          expect(judge([product], valid)).toBe(fits ? undefined : 'unsuitable');
          const expired = { ...valid, risk_expires_at: NOW };
          expect(judge([product], expired)).toBe(kind === 'professional' ? undefined : 'assessment_expired');
          const missing = { investor_kind: kind };
          expect(judge([product], missing)).toBe(kind === 'professional' ? undefined : 'assessment_missing');
        });
      }
    }
  }

  it('takes the higher of the levels of issuer and seller', () => {
    const person = { risk_level: 'C2', risk_expires_at: NOW + 1 };
    expect(judge(['R2', 'R3'], person)).toBe('unsuitable');
    expect(judge(['R3', 'R2'], person)).toBe('unsuitable');
    expect(judge(['R1', 'R2'], person)).toBeUndefined();
  });

  it('counts twelve months from an assessment without an expiry', () => {
    const person = (at: number): object => ({ risk_level: 'C3', risk_assessed_at: at });
    expect(judge(['R2'], { ...person(NOW - YEAR_MS + 1) })).toBeUndefined();
    expect(judge(['R2'], { ...person(NOW - YEAR_MS) })).toBe('assessment_expired');
    expect(judge(['R2'], { risk_level: 'C3', risk_assessed_at: '2025-06-01' })).toBeUndefined();
  });

  it('wants the date too: a level of unknown age is no assessment', () => {
    expect(judge(['R1'], { risk_level: 'C5' })).toBe('assessment_missing');
  });
});
