import type { QuietHours } from '@wutong/contract';
import type { ConsentState, SuppressionState } from '../profile/index.ts';
import { assign } from './assign-share.ts';
import { brokenCap, type BindingCap, type Contact } from './contact-caps.ts';
import type { JudgeRequest, Policy, RefusalReason } from './front-door.ts';
import { isTimeZone } from './local-time.ts';
import { quietUntil } from './quiet-hours.ts';
import { judgeSuitability } from './suitability.ts';

/** All that is known of a person when a request is judged. */
export interface PersonFacts {
  /** Key number of the address of the channel; undefined when there is none. */
  readonly addressKeyNumber: number | undefined;
  readonly needsAddress: boolean;
  readonly consents: readonly ConsentState[];
  readonly suppressions: readonly SuppressionState[];
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly contacts: readonly Contact[];
}

/** What one rule said; without a reason it passed. */
export interface RuleOutcome {
  readonly rule: string;
  readonly reason?: RefusalReason | undefined;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What a rule looks at. `at` is when the message would go, quiet hours considered. Epoch ms. */
export interface Matter {
  readonly request: JudgeRequest;
  readonly facts: PersonFacts;
  readonly policy: Policy;
  readonly now: number;
  readonly at: number;
  readonly timeZone: string;
}

type Rule = (matter: Matter) => RuleOutcome;
const NOTHING: Readonly<Record<string, unknown>> = {};
const passed = (rule: string, detail = NOTHING): RuleOutcome => ({ rule, detail });

/** Rules in the order in which their reasons win; each is pure. Budget is counted apart, over the batch. */
export const RULES: readonly Rule[] = [
  judgeAddress,
  judgeSuppression,
  judgeConsent,
  judgeAge,
  judgeProduct,
  judgeGlobalHoldout,
  judgeCaps,
];

/** Rules that are asked again when the message is about to go: what a person may have changed meanwhile. */
export const RECHECK_RULES: readonly Rule[] = [
  judgeAddress,
  judgeSuppression,
  judgeConsent,
  judgeAge,
  judgeProduct,
];

/** Rules that also bind a test message. */
export const TEST_RULES: readonly Rule[] = [judgeAddress, judgeSuppression];

/** The first rule that refuses; undefined when all let through. */
export function firstRefusal(matter: Matter, rules: readonly Rule[] = RULES): RuleOutcome | undefined {
  for (const rule of matter.request.isTest ? TEST_RULES : rules) {
    const outcome = rule(matter);
    if (outcome.reason) return outcome;
  }
  return undefined;
}

/** Sets a request in its time: the person's zone, and the end of the quiet hours it falls into. */
export function matterOf(
  request: JudgeRequest,
  facts: PersonFacts,
  policy: Policy,
  now: number,
  bankZone: string,
): Matter {
  const stated = facts.attributes[policy.timeZoneAttribute];
  const timeZone = typeof stated === 'string' && isTimeZone(stated) ? stated : bankZone;
  const wanted = Math.max(now, request.dueAt ?? now);
  const isQuietable = !request.isTest && policy.quietPurposes.includes(request.purpose);
  const at = isQuietable
    ? quietUntil(quietRules(request, policy), request.channel, timeZone, wanted)
    : wanted;
  return { request, facts, policy, now, at, timeZone };
}

function quietRules(request: JudgeRequest, policy: Policy): readonly QuietHours[] {
  const own = request.policy?.quietHours;
  return own ? [...policy.quietHours, own] : policy.quietHours;
}

function judgeAddress({ facts }: Matter): RuleOutcome {
  if (!facts.needsAddress || facts.addressKeyNumber !== undefined) return passed('address');
  return { rule: 'address', reason: 'no_address', detail: NOTHING };
}

function judgeSuppression({ request, facts }: Matter): RuleOutcome {
  for (const suppression of facts.suppressions) {
    if (suppression.channel !== '*' && suppression.channel !== request.channel) continue;
    if (suppression.purpose !== '*' && suppression.purpose !== request.purpose) continue;
    const detail = { reason: suppression.reason, at: new Date(suppression.at).toISOString() };
    if (suppression.scope === 'person') return { rule: 'suppression', reason: 'opted_out', detail };
    if (suppression.keyNumber === facts.addressKeyNumber) {
      return { rule: 'suppression', reason: 'suppressed_address', detail };
    }
  }
  return passed('suppression');
}

function judgeConsent({ request, facts, policy }: Matter): RuleOutcome {
  const isNeeded =
    policy.consentPurposes.includes(request.purpose) && policy.consentChannels.includes(request.channel);
  if (!isNeeded) return passed('consent', { needed: false });
  const consent = facts.consents.find(
    (each) => each.purpose === request.purpose && (each.channel === request.channel || each.channel === '*'),
  );
  if (consent?.valid) return passed('consent', { at: new Date(consent.at).toISOString() });
  return {
    rule: 'consent',
    reason: 'no_consent',
    detail: consent ? { granted: consent.granted, purposeVersion: consent.purposeVersion } : NOTHING,
  };
}

/** Personal Information Protection Law, article 31: below 14 a guardian decides, so marketing stays away. */
function judgeAge({ request, facts, policy, at }: Matter): RuleOutcome {
  const born = facts.attributes[policy.birthDateAttribute];
  if (!policy.consentPurposes.includes(request.purpose) || policy.minimumAgeYears === 0) return passed('age');
  const date = typeof born === 'number' ? new Date(born) : new Date(typeof born === 'string' ? born : NaN);
  if (Number.isNaN(date.getTime())) return passed('age', { known: false });
  const birthday = Date.UTC(
    date.getUTCFullYear() + policy.minimumAgeYears,
    date.getUTCMonth(),
    date.getUTCDate(),
  );
  return birthday > at ? { rule: 'age', reason: 'underage', detail: NOTHING } : passed('age');
}

function judgeProduct({ request, facts, policy, at }: Matter): RuleOutcome {
  const levels = request.policy?.riskLevels ?? [];
  if (levels.length === 0) return passed('suitability', { judged: false });
  // Judged for the moment of sending: an assessment that ends while a message waits for the morning counts.
  return { rule: 'suitability', ...judgeSuitability(levels, facts.attributes, policy.suitability, at) };
}

function judgeGlobalHoldout({ request, policy }: Matter): RuleOutcome {
  if (policy.globalHoldoutShare === 0 || !policy.cappedPurposes.includes(request.purpose)) {
    return passed('global_holdout');
  }
  const shares = [{ label: 'holdout', share: policy.globalHoldoutShare }];
  const isHeldOut = assign(policy.globalHoldoutKey, String(request.personId), shares) !== undefined;
  return isHeldOut
    ? { rule: 'global_holdout', reason: 'global_holdout', detail: NOTHING }
    : passed('global_holdout');
}

function judgeCaps({ request, facts, policy, at, timeZone }: Matter): RuleOutcome {
  if (!policy.cappedPurposes.includes(request.purpose)) return passed('caps', { capped: false });
  const caps: BindingCap[] = [...policy.caps, ...(request.policy?.caps ?? [])];
  const broken = brokenCap(caps, facts.contacts, {
    channel: request.channel,
    at,
    priority: request.policy?.priority ?? 50,
    timeZone,
  });
  return broken ? { rule: 'caps', ...broken } : passed('caps');
}
