import type { JudgeRequest, Policy, RuleResult, Verdict } from './front-door.ts';
import { matterOf, RULES, TEST_RULES, type PersonFacts } from './rules.ts';

/** Every rule's answer, also those behind the first refusal: for the policy tester and "why not". */
export function explainRequest(
  request: JudgeRequest,
  facts: PersonFacts,
  policy: Policy,
  time: { now: number; bankZone: string },
): { verdict: Verdict; rules: RuleResult[] } {
  const matter = matterOf(request, facts, policy, time.now, time.bankZone);
  const outcomes = (request.isTest ? TEST_RULES : RULES).map((rule) => rule(matter));
  const rules: RuleResult[] = outcomes.map(({ rule, reason, detail }) => ({
    rule,
    passed: reason === undefined,
    reason,
    detail,
  }));
  const wanted = Math.max(time.now, request.dueAt ?? time.now);
  const isQuiet = matter.at > wanted;
  rules.push({
    rule: 'quiet_hours',
    passed: !isQuiet,
    reason: isQuiet ? 'quiet_hours' : undefined,
    detail: { timeZone: matter.timeZone, at: new Date(matter.at).toISOString() },
  });
  const refusal = outcomes.find((outcome) => outcome.reason !== undefined);
  if (refusal) return { verdict: { kind: 'refuse', reason: refusal.reason!, detail: refusal.detail }, rules };
  if (isQuiet) return { verdict: { kind: 'defer', until: matter.at, reason: 'quiet_hours' }, rules };
  return { verdict: { kind: 'allow' }, rules };
}
