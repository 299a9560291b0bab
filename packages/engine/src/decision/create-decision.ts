import type { Identity } from '../identity/index.ts';
import type { Platform, RunningLoop, Transaction } from '../platform/index.ts';
import type { Profile } from '../profile/index.ts';
import {
  addToBudget,
  lockBudget,
  lockContacts,
  readBudget,
  readContacts,
  writeContacts,
} from './contact-store.ts';
import { explainRequest } from './explain-request.ts';
import { moveContacts } from './follow-merges.ts';
import type { CountedContact, Decision, JudgeRequest, Policy, Verdict } from './front-door.ts';
import { budgetOf, countsAgainstCaps, judgeBatch, recheckRequest, type BudgetsLeft } from './judge-batch.ts';
import { readFacts } from './person-facts.ts';
import { readPolicy } from './policy-store.ts';
import { declareRoutes } from './routes.ts';

/** Earlier rooms that the gate asks. */
export interface DecisionNeeds {
  readonly identity: Pick<Identity, 'addressOf' | 'takePersonChanges'>;
  readonly profile: Pick<Profile, 'consentsOf' | 'suppressionsOf' | 'attributesOf'>;
}

// A policy saved by another process is in force here within this span of real time.
const POLICY_CACHE_MS = 1_000;
const MERGE_INTERVAL_MS = 200;

/** The gate. */
export function createDecision(platform: Platform, needs: DecisionNeeds): Decision {
  const { database, clock } = platform;
  const bankZone = platform.config.timeZone;
  let cached: { policy: Policy; readAt: number } | undefined;
  const loops: RunningLoop[] = [];

  // Inside a transaction it is read through that: a second connection could be the one all are waiting for.
  async function policy(reader: Pick<Transaction, 'query'> = database): Promise<Policy> {
    if (!cached || performance.now() - cached.readAt > POLICY_CACHE_MS) {
      cached = { policy: (await readPolicy(reader)).policy, readAt: performance.now() };
    }
    return cached.policy;
  }

  async function judge(transaction: Transaction, requests: readonly JudgeRequest[]): Promise<Verdict[]> {
    if (requests.length === 0) return [];
    const now = clock.now();
    const rules = await policy(transaction);
    const limits = budgetLimits(requests);
    const budgets: BudgetsLeft = new Map();
    // Budgets before persons, both in order: two judgements take their locks the same way round.
    for (const [strategyId, limit] of limits) {
      budgets.set(strategyId, limit - (await lockBudget(transaction, strategyId)));
    }
    const before = new Map(budgets);
    const capped = new Set(
      requests.filter((each) => countsAgainstCaps(each, rules)).map((each) => each.personId),
    );
    const facts = await readFacts(needs, transaction, requests, now, () =>
      lockContacts(transaction, [...capped]),
    );
    const { verdicts, contacted } = judgeBatch(requests, facts, rules, budgets, { now, bankZone });
    await writeContacts(transaction, contacted, now);
    for (const [strategyId, left] of budgets) {
      const used = before.get(strategyId)! - left;
      if (used > 0) await addToBudget(transaction, strategyId, used);
    }
    return verdicts;
  }

  async function recheck(transaction: Transaction, requests: readonly JudgeRequest[]): Promise<Verdict[]> {
    if (requests.length === 0) return [];
    const now = clock.now();
    const facts = await readFacts(needs, transaction, requests, now, async () => new Map());
    const rules = await policy(transaction);
    return requests.map((request) => recheckRequest(request, facts.of(request), rules, { now, bankZone }));
  }

  async function foresee(requests: readonly JudgeRequest[]): Promise<Verdict[]> {
    if (requests.length === 0) return [];
    const now = clock.now();
    const budgets: BudgetsLeft = new Map();
    for (const [strategyId, limit] of budgetLimits(requests)) {
      budgets.set(strategyId, limit - (await readBudget(database, strategyId)));
    }
    const facts = await readFacts(needs, database, requests, now, (ids) => readContacts(database, ids));
    return judgeBatch(requests, facts, await policy(), budgets, { now, bankZone }).verdicts;
  }

  async function release(transaction: Transaction, contacts: readonly CountedContact[]): Promise<void> {
    if (contacts.length === 0) return;
    const stored = await lockContacts(
      transaction,
      contacts.map((contact) => contact.personId),
    );
    for (const { personId, channel, at } of contacts) {
      const list = stored.get(personId) ?? [];
      const index = list.findIndex((contact) => contact.channel === channel && contact.at === at);
      if (index >= 0) list.splice(index, 1);
    }
    await writeContacts(transaction, stored, clock.now());
  }

  const decision: Decision = {
    judge,
    recheck,
    foresee,
    release,
    policy: () => policy(),
    async explain(request, at) {
      const facts = await readFacts(needs, database, [request], at, (ids) => readContacts(database, ids));
      return explainRequest(request, facts.of(request), await policy(), { now: at, bankZone });
    },
    routes(server) {
      declareRoutes(server, platform, decision, () => {
        cached = undefined;
      });
    },
    async start() {
      loops.push(
        platform.jobs.loop({
          name: 'decision.follow-merges',
          intervalMs: MERGE_INTERVAL_MS,
          run: () =>
            database.transaction((transaction) => moveContacts(transaction, needs.identity, clock.now())),
        }),
      );
    },
    async stop() {
      for (const loop of loops.splice(0)) await loop.stop();
    },
  };
  return decision;
}

/** Limits by strategy, in ascending order of strategy; the smallest counts where requests differ. */
function budgetLimits(requests: readonly JudgeRequest[]): [string, number][] {
  const limits = new Map<string, number>();
  for (const request of requests) {
    const strategyId = budgetOf(request);
    if (strategyId === undefined) continue;
    limits.set(strategyId, Math.min(limits.get(strategyId) ?? Infinity, request.policy!.messageBudget!));
  }
  return [...limits].sort(([left], [right]) => (left < right ? -1 : 1));
}
