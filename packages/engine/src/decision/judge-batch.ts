import type { Contact } from './contact-caps.ts';
import type { JudgeRequest, Policy, Verdict } from './front-door.ts';
import type { BatchFacts } from './person-facts.ts';
import { firstRefusal, matterOf, RECHECK_RULES, type PersonFacts } from './rules.ts';

/** Messages a strategy may still reserve; absent when it has no budget. Counted down as requests are allowed. */
export type BudgetsLeft = Map<string, number>;

/** Verdicts in the order of the requests, and the persons whose contacts have grown. */
export interface BatchVerdicts {
  readonly verdicts: Verdict[];
  readonly contacted: Map<number, Contact[]>;
}

/**
 * Judges a batch over plain data. Requests of higher priority are judged first, so that they take what
 * the caps and the budget leave; among equals the order of the batch decides.
 */
export function judgeBatch(
  requests: readonly JudgeRequest[],
  facts: BatchFacts,
  policy: Policy,
  budgets: BudgetsLeft,
  time: { now: number; bankZone: string },
): BatchVerdicts {
  const verdicts: Verdict[] = [];
  const contacted = new Map<number, Contact[]>();
  for (const index of byPriority(requests)) {
    const request = requests[index]!;
    const matter = matterOf(request, facts.of(request), policy, time.now, time.bankZone);
    const refusal = firstRefusal(matter);
    if (refusal) {
      verdicts[index] = { kind: 'refuse', reason: refusal.reason!, detail: refusal.detail };
      continue;
    }
    if (!takeBudget(request, budgets)) {
      verdicts[index] = {
        kind: 'refuse',
        reason: 'budget',
        detail: { limit: request.policy?.messageBudget },
      };
      continue;
    }
    if (countsAgainstCaps(request, policy)) {
      const contacts = [...matter.facts.contacts, { channel: request.channel, at: matter.at }];
      facts.contacts.set(request.personId, contacts);
      contacted.set(request.personId, contacts);
    }
    const wanted = Math.max(time.now, request.dueAt ?? time.now);
    verdicts[index] =
      matter.at > wanted ? { kind: 'defer', until: matter.at, reason: 'quiet_hours' } : { kind: 'allow' };
  }
  return { verdicts, contacted };
}

/** Judges one request again at the instant of its call. */
export function recheckRequest(
  request: JudgeRequest,
  facts: PersonFacts,
  policy: Policy,
  time: { now: number; bankZone: string },
): Verdict {
  const matter = matterOf(request, facts, policy, time.now, time.bankZone);
  const refusal = firstRefusal(matter, RECHECK_RULES);
  if (refusal) return { kind: 'refuse', reason: refusal.reason!, detail: refusal.detail };
  const wanted = Math.max(time.now, request.dueAt ?? time.now);
  if (matter.at > wanted) return { kind: 'defer', until: matter.at, reason: 'quiet_hours' };
  return { kind: 'allow' };
}

/** Only what is capped is remembered: a login code never uses up the room of an offer, nor the reverse. */
export function countsAgainstCaps(request: JudgeRequest, policy: Policy): boolean {
  return !request.isTest && policy.cappedPurposes.includes(request.purpose);
}

/** The strategy whose budget a request draws on. */
export function budgetOf(request: JudgeRequest): string | undefined {
  return request.policy?.messageBudget === undefined || request.isTest ? undefined : request.strategyId;
}

function takeBudget(request: JudgeRequest, budgets: BudgetsLeft): boolean {
  const strategyId = budgetOf(request);
  if (strategyId === undefined) return true;
  const left = budgets.get(strategyId) ?? 0;
  if (left <= 0) return false;
  budgets.set(strategyId, left - 1);
  return true;
}

function byPriority(requests: readonly JudgeRequest[]): number[] {
  const priority = (index: number): number => requests[index]!.policy?.priority ?? 50;
  return requests
    .map((_, index) => index)
    .sort((left, right) => priority(right) - priority(left) || left - right);
}
