import { canvasApi, contentApi, platformApi, type StrategyDocumentInput } from '@wutong/contract';
import { RefusedError, type FrontDoor } from '../front-door.ts';
import { CONTENTS } from './contents.ts';
import { RECEIPT_DOCUMENT, RECEIPT_STRATEGY_ID, RECEIPT_STRATEGY_NAME } from './receipt.ts';
import { RENEWAL_DOCUMENT, RENEWAL_STRATEGY_ID, RENEWAL_STRATEGY_NAME } from './renewal.ts';

const APPROVER = { name: 'approver', displayName: '审批 · 周敏', role: 'approver' as const };

/** Maker and checker are two people: the approver logs in with a password of this start. */
async function openApprover(door: FrontDoor, password: string): Promise<string> {
  try {
    await door.call(platformApi.createUser, { body: { ...APPROVER, password } });
  } catch (error) {
    if (!(error instanceof RefusedError) || error.problem.code !== 'name_taken') throw error;
  }
  const response = await door.fetch('/api/v1/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: APPROVER.name, password }),
  });
  const cookie = response.headers.get('set-cookie')?.split(';')[0];
  if (!response.ok || !cookie) throw new Error(`the approver could not log in: ${response.status}`);
  return cookie;
}

interface DemoStrategy {
  readonly strategyId: string;
  readonly name: string;
  readonly description: string;
  readonly document: StrategyDocumentInput;
}

const STRATEGIES: readonly DemoStrategy[] = [
  {
    strategyId: RECEIPT_STRATEGY_ID,
    name: RECEIPT_STRATEGY_NAME,
    description: '客户完成续接后，立即发送邮件回执。',
    document: RECEIPT_DOCUMENT,
  },
  {
    strategyId: RENEWAL_STRATEGY_ID,
    name: RENEWAL_STRATEGY_NAME,
    description: '理财到期前七天，资源位与推送先行，短信补触达，高净值客户由客户经理跟进。',
    document: RENEWAL_DOCUMENT,
  },
];

type AsApprover = (path: string, body: object) => Promise<void>;

/**
 * Writes the contents and the strategies, has them approved by a second person, publishes. Each step
 * is skipped when it was done before a crash.
 */
export async function publishStrategies(door: FrontDoor, approverPassword: string): Promise<void> {
  const cookie = await openApprover(door, approverPassword);
  const asApprover: AsApprover = async (path, body) => {
    const response = await door.fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
  };
  await approveContents(door, asApprover);
  for (const strategy of STRATEGIES) await publish(door, asApprover, strategy);
}

async function approveContents(door: FrontDoor, asApprover: AsApprover): Promise<void> {
  for (const content of CONTENTS) {
    const existing = (
      await door.call(contentApi.listContent, { query: { search: content.contentId } })
    ).items.find((item) => item.contentId === content.contentId);
    if (existing?.approvedVersion) continue;
    const written = existing ?? (await door.call(contentApi.createContent, { body: content }));
    await asApprover(`/api/v1/content/${content.contentId}/versions/${written.version}/approval`, {
      hash: written.hash,
    });
  }
}

async function publish(
  door: FrontDoor,
  asApprover: AsApprover,
  { strategyId, name, description, document }: DemoStrategy,
): Promise<void> {
  const { items } = await door.call(canvasApi.listStrategies, { query: {} });
  if (!items.some((item) => item.strategyId === strategyId)) {
    await door.call(canvasApi.createStrategy, { body: { strategyId, name, description, document } });
  }
  let [version] = (await door.call(canvasApi.listStrategyVersions, { params: { strategyId } })).items;
  if (!version) {
    const strategy = await door.call(canvasApi.readStrategy, { params: { strategyId } });
    version = await door.call(canvasApi.submitStrategy, {
      params: { strategyId },
      body: { draftRevision: strategy.draftRevision, note: '示范策略' },
    });
  }
  if (version.state === 'submitted') {
    await asApprover(`/api/v1/strategies/${strategyId}/versions/${version.version}/decision`, {
      hash: version.hash,
      decision: 'approve',
      note: '同意',
    });
    version = { ...version, state: 'approved' };
  }
  if (version.state === 'approved') {
    await door.call(canvasApi.publishStrategyVersion, {
      params: { strategyId, version: version.version },
      body: { hash: version.hash },
    });
  }
}
