import { decisionApi } from '@wutong/contract';
import type { HttpServer, Platform } from '../platform/index.ts';
import type { Decision } from './front-door.ts';
import { readPolicy, writePolicy, type StoredPolicy } from './policy-store.ts';

/** The policy page and its tester. `onSaved` lets this process forget the policy it holds. */
export function declareRoutes(
  server: HttpServer,
  platform: Platform,
  decision: Pick<Decision, 'explain'>,
  onSaved: () => void,
): void {
  server.handle(decisionApi.readPolicy, async () => present(await readPolicy(platform.database)));

  server.handle(decisionApi.savePolicy, async ({ body, user }) => {
    await platform.database.transaction(async (transaction) => {
      await writePolicy(transaction, { ...body, actor: user.userId, now: platform.clock.now() });
      await platform.audit.record(transaction, {
        actor: user.userId,
        action: 'policy.save',
        object: `policy ${body.revision + 1}`,
      });
    });
    onSaved();
    return present(await readPolicy(platform.database));
  });

  server.handle(decisionApi.testPolicy, async ({ body }) => {
    const at = body.at === undefined ? platform.clock.now() : Date.parse(body.at);
    const { verdict, rules } = await decision.explain(
      {
        personId: body.personId,
        channel: body.channel,
        purpose: body.purpose,
        policy: {
          priority: body.priority,
          ...(body.riskLevel === undefined ? {} : { riskLevels: [body.riskLevel] }),
        },
      },
      at,
    );
    return {
      verdict: verdict.kind,
      reason: verdict.kind === 'allow' ? undefined : verdict.reason,
      deferUntil: verdict.kind === 'defer' ? new Date(verdict.until).toISOString() : undefined,
      rules,
    };
  });
}

function present(stored: StoredPolicy): {
  revision: number;
  policy: StoredPolicy['policy'];
  savedBy?: string | undefined;
  savedAt?: string | undefined;
} {
  return {
    revision: stored.revision,
    policy: stored.policy,
    savedBy: stored.savedBy,
    savedAt: stored.savedAt === undefined ? undefined : new Date(stored.savedAt).toISOString(),
  };
}
