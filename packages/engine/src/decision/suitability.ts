import type { Policy, RefusalReason, RiskLevel } from './front-door.ts';

const DAY_MS = 86_400_000;

type Attributes = Readonly<Record<string, unknown>>;

export interface SuitabilityResult {
  readonly reason: RefusalReason | undefined;
  readonly detail: Readonly<Record<string, unknown>>;
}

/**
 * Whether a product's risk suits a person (金融机构产品适当性管理办法, 2025 No. 7, in force 2026-02-01):
 * C1 → R1, C2 → R1–R2, … C5 → R1–R5; the lowest category (C1L) R1 only; where issuer and seller grade the
 * product differently the higher counts; an assessment that is missing or out of date suits nothing;
 * professional investors are not matched (configurable).
 */
export function judgeSuitability(
  productLevels: readonly RiskLevel[],
  attributes: Attributes,
  policy: Policy['suitability'],
  atMs: number,
): SuitabilityResult {
  const product = Math.max(...productLevels.map((level) => Number(level.slice(1))));
  const stated = attributes[policy.levelAttribute];
  const level = typeof stated === 'string' ? stated.toUpperCase() : '';
  const detail = { product: `R${product}`, person: level || undefined };
  if (policy.exemptProfessional && attributes[policy.investorAttribute] === 'professional') {
    return { reason: undefined, detail: { ...detail, professional: true } };
  }
  const highest = level === 'C1L' ? 1 : /^C[1-5]$/.test(level) ? Number(level.slice(1)) : undefined;
  if (highest === undefined) return { reason: 'assessment_missing', detail };
  const expiresAt = expiryOf(attributes, policy);
  if (expiresAt === undefined) return { reason: 'assessment_missing', detail };
  if (expiresAt <= atMs) {
    return {
      reason: 'assessment_expired',
      detail: { ...detail, expiredAt: new Date(expiresAt).toISOString() },
    };
  }
  return { reason: product > highest ? 'unsuitable' : undefined, detail };
}

/** When the assessment ends: the stated expiry, or its date and the validity of the policy. */
function expiryOf(attributes: Attributes, policy: Policy['suitability']): number | undefined {
  const stated = instantOf(attributes[policy.expiresAttribute]);
  if (stated !== undefined) return stated;
  const assessed = instantOf(attributes[policy.assessedAttribute]);
  return assessed === undefined ? undefined : assessed + policy.validityDays * DAY_MS;
}

/** Epoch ms of an attribute that is an instant (number) or a date (text). */
function instantOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value === '') return undefined;
  const parsed = Date.parse(value);
  return Number.isNaN(parsed) ? undefined : parsed;
}
