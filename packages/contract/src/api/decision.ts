import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { capSchema, quietHoursSchema } from '../strategy/document.ts';
import { channelSchema, purposeSchema } from './content.ts';

/** Every reason for which the gate refuses. `quiet_hours` only defers. */
export const refusalReasons = [
  'no_consent',
  'opted_out',
  'suppressed_address',
  'no_address',
  'unsuitable',
  'assessment_missing',
  'assessment_expired',
  'underage',
  'frequency_cap',
  'daily_cap',
  'global_holdout',
  'budget',
] as const;
export const refusalReasonSchema = z.enum(refusalReasons);
export type RefusalReason = z.output<typeof refusalReasonSchema>;

/** Product risk levels and investor levels; `C1L` is the lowest category, which is never sold above R1. */
export const riskLevels = ['R1', 'R2', 'R3', 'R4', 'R5'] as const;
export const riskLevelSchema = z.enum(riskLevels);
export type RiskLevel = z.output<typeof riskLevelSchema>;
export const investorLevels = ['C1L', 'C1', 'C2', 'C3', 'C4', 'C5'] as const;
export type InvestorLevel = (typeof investorLevels)[number];

/**
 * The bank's contact policy. A cap with `priorityBelow` binds only strategies of lower priority, which
 * leaves room for the more important ones.
 */
export const policySchema = z.object({
  consentPurposes: z
    .array(purposeSchema)
    .default(['marketing'])
    .describe('purposes for which a recorded consent is needed'),
  consentChannels: z
    .array(channelSchema)
    .default(['sms', 'email', 'push'])
    .describe('channels on which it is needed: those that come to the person unasked'),
  caps: z.array(capSchema.extend({ priorityBelow: z.number().int().min(1).max(101).optional() })).max(50),
  cappedPurposes: z.array(purposeSchema).default(['marketing']),
  quietHours: z.array(quietHoursSchema).max(10),
  quietPurposes: z.array(purposeSchema).default(['marketing']),
  globalHoldoutShare: z.number().int().min(0).max(5_000).default(0).describe('out of 10,000'),
  globalHoldoutKey: z.string().min(1).max(100).default('global-holdout'),
  suitability: z.object({
    levelAttribute: z.string().max(100).default('risk_level'),
    assessedAttribute: z.string().max(100).default('risk_assessed_at'),
    expiresAttribute: z.string().max(100).default('risk_expires_at'),
    investorAttribute: z.string().max(100).default('investor_kind').describe('professional or ordinary'),
    validityDays: z.number().int().min(1).max(3_660).default(365).describe('where no expiry is given'),
    exemptProfessional: z.boolean().default(true),
  }),
  birthDateAttribute: z.string().max(100).default('birth_date'),
  minimumAgeYears: z.number().int().min(0).max(25).default(14).describe('for marketing; PIPL 31'),
  timeZoneAttribute: z.string().max(100).default('time_zone'),
});
export type Policy = z.output<typeof policySchema>;

const storedPolicySchema = z.object({
  revision: z.number().int(),
  policy: policySchema,
  savedBy: z.string().optional(),
  savedAt: z.string().optional(),
});

export const readPolicy = endpoint({
  name: 'readPolicy',
  method: 'GET',
  path: '/api/v1/policy',
  room: 'decision',
  summary: { en: "The bank's contact policy", zh: '全行触达规则' },
  permission: 'strategy.read',
  response: storedPolicySchema,
});

export const savePolicy = endpoint({
  name: 'savePolicy',
  method: 'PUT',
  path: '/api/v1/policy',
  room: 'decision',
  summary: { en: "Change the bank's contact policy", zh: '修改全行触达规则' },
  permission: 'strategy.approve',
  body: z.object({ revision: z.number().int(), policy: policySchema }),
  response: storedPolicySchema,
  errors: ['policy_changed'],
});

export const ruleResultSchema = z.object({
  rule: z.string().describe('e.g. consent, suitability, cap'),
  passed: z.boolean(),
  reason: z.string().optional(),
  detail: z.record(z.string(), z.unknown()).describe('what the rule looked at'),
});
export type RuleResult = z.output<typeof ruleResultSchema>;

export const testPolicy = endpoint({
  name: 'testPolicy',
  method: 'POST',
  path: '/api/v1/policy/test',
  room: 'decision',
  summary: {
    en: 'What the gate would say of a message to this person now, rule by rule; nothing is counted or sent',
    zh: '逐条说明此刻能否向该客户发送；不计数、不发送',
  },
  permission: 'people.read',
  body: z.object({
    personId: z.number().int(),
    channel: channelSchema,
    purpose: purposeSchema.default('marketing'),
    riskLevel: riskLevelSchema.optional(),
    priority: z.number().int().min(0).max(100).default(50),
    at: z.iso.datetime().optional().describe('default: now'),
  }),
  response: z.object({
    verdict: z.enum(['allow', 'refuse', 'defer']),
    reason: z.string().optional(),
    deferUntil: z.string().optional(),
    rules: z.array(ruleResultSchema),
  }),
});
