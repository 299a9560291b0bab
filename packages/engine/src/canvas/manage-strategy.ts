import { canonicalJson, type StrategyDocument } from '@wutong/contract';
import { CodedError, type Platform, type Transaction, SINGLE_USER_SETTING } from '../platform/index.ts';
import { checkDocument, conditionsOf, resolveContents } from './check-document.ts';
import { carryRuns, hasRun, insertRun } from './entry-run-store.ts';
import type { Canvas } from './front-door.ts';
import { lockStrategy } from './locks.ts';
import type { CanvasNeeds } from './needs.ts';
import {
  insertStrategy,
  readStrategy,
  updateDraft,
  updateState,
  type StoredStrategy,
} from './strategy-store.ts';
import {
  decideVersion,
  hashDocument,
  insertVersion,
  markPublished,
  readVersions,
  type StoredVersion,
} from './version-store.ts';

type Management = Pick<Canvas, 'create' | 'saveDraft' | 'submit' | 'decide' | 'publish' | 'changeState'>;

/** The life of strategies: draft, submitted, approved, published, paused, stopped. Each act is in the audit. */
export function createManagement(
  platform: Pick<Platform, 'database' | 'clock' | 'ids' | 'audit' | 'settings'>,
  needs: CanvasNeeds,
): Management {
  const { database, clock } = platform;

  return {
    async create(input) {
      return database.transaction(async (transaction) => {
        const isNew = await insertStrategy(transaction, {
          strategyId: input.strategyId,
          name: input.name,
          description: input.description ?? '',
          draft: input.document,
          createdBy: input.actor,
          createdAt: clock.now(),
        });
        if (!isNew) throw new CodedError('conflict', { details: { strategyId: input.strategyId } });
        await record(platform, transaction, input, 'strategy.create', {});
        return requireStrategy(transaction, input.strategyId);
      });
    },

    async saveDraft(input) {
      return database.transaction(async (transaction) => {
        await requireStrategy(transaction, input.strategyId);
        const isSaved = await updateDraft(transaction, {
          strategyId: input.strategyId,
          revision: input.draftRevision,
          document: input.document,
          name: input.name,
          description: input.description,
          now: clock.now(),
        });
        if (!isSaved) throw new CodedError('strategy_draft_changed');
        await record(platform, transaction, input, 'strategy.save', {});
        return requireStrategy(transaction, input.strategyId);
      });
    },

    async submit(input) {
      const { draft } = await requireStrategy(database, input.strategyId);
      const findings = await checkDocument(needs, draft, input.asker);
      const errors = findings.filter((each) => each.severity === 'error');
      if (errors.length > 0) throw new CodedError('strategy_has_findings', { details: { findings: errors } });
      const document = await resolveContents(needs, draft);
      return database.transaction(async (transaction) => {
        const strategy = await requireStrategy(transaction, input.strategyId, true);
        if (strategy.draftRevision !== input.draftRevision) throw new CodedError('strategy_draft_changed');
        if (canonicalJson(strategy.draft) !== canonicalJson(draft)) {
          throw new CodedError('strategy_draft_changed');
        }
        const version = await insertVersion(transaction, {
          strategyId: input.strategyId,
          hash: hashDocument(document),
          document,
          note: input.note ?? '',
          submittedBy: input.actor,
          submittedAt: clock.now(),
        });
        await record(platform, transaction, input, 'strategy.submit', { version });
        return requireVersion(transaction, input.strategyId, version);
      });
    },

    async decide(input) {
      const mayApproveOwn = (await platform.settings.get<boolean>(SINGLE_USER_SETTING)) === true;
      return database.transaction(async (transaction) => {
        await requireStrategy(transaction, input.strategyId, true);
        const version = await requireVersion(transaction, input.strategyId, input.version);
        requireHash(version, input.hash);
        if (version.state !== 'submitted') {
          throw new CodedError('strategy_state_differs', { details: { state: version.state } });
        }
        if (input.decision === 'approve' && version.submittedBy === input.actor && !mayApproveOwn) {
          throw new CodedError('strategy_same_person');
        }
        await decideVersion(transaction, {
          strategyId: input.strategyId,
          version: input.version,
          state: input.decision === 'approve' ? 'approved' : 'rejected',
          actor: input.actor,
          note: input.note ?? '',
          now: clock.now(),
        });
        const detail = { version: input.version, hash: input.hash };
        await record(platform, transaction, input, `strategy.${input.decision}`, detail);
        return requireVersion(transaction, input.strategyId, input.version);
      });
    },

    publish: (input) =>
      database.transaction(async (transaction) => {
        await lockStrategy(transaction, input.strategyId, 'alone');
        const strategy = await requireStrategy(transaction, input.strategyId, true);
        const version = await requireVersion(transaction, input.strategyId, input.version);
        requireHash(version, input.hash);
        if (version.state !== 'approved') {
          throw new CodedError('strategy_not_approved', { details: { state: version.state } });
        }
        if (strategy.state === 'stopped') {
          throw new CodedError('strategy_state_differs', { details: { state: strategy.state } });
        }
        await startVersion(platform, transaction, strategy, version, input);
        await declareUses(needs, transaction, strategy, version.document);
        const detail = { version: input.version, hash: input.hash };
        await record(platform, transaction, input, 'strategy.publish', detail);
        return requireVersion(transaction, input.strategyId, input.version);
      }),

    changeState: (input) =>
      database.transaction(async (transaction) => {
        // Waits for batches under way: when this has committed, nobody moves and nothing is reserved any more.
        await lockStrategy(transaction, input.strategyId, 'alone');
        const strategy = await requireStrategy(transaction, input.strategyId, true);
        await applyAction(needs, transaction, strategy, input.action, clock.now());
        await record(platform, transaction, input, `strategy.${input.action}`, {});
        return requireStrategy(transaction, input.strategyId);
      }),
  };
}

/** Marks the version published and plans the one-time entry of its audience, once. */
async function startVersion(
  platform: Pick<Platform, 'clock' | 'ids'>,
  transaction: Transaction,
  strategy: StoredStrategy,
  version: StoredVersion,
  input: { actor: string; enterAgain?: boolean },
): Promise<void> {
  const now = platform.clock.now();
  const { strategyId } = strategy;
  const source = version.document.nodes.find((node) => node.kind === 'entry')!.source;
  const former = await formerSource(transaction, strategy);
  await markPublished(transaction, { strategyId, version: version.version, actor: input.actor, now });
  await updateState(transaction, {
    strategyId,
    state: strategy.state === 'paused' ? 'paused' : 'running',
    publishedVersion: version.version,
    // An unchanged entry goes on as it was; a new one takes in nobody from before its publication.
    ...(former === canonicalJson(source) && strategy.state !== 'finished' ? {} : { entriesFromAt: now }),
    now,
  });
  const isOnce = source.type === 'audience' && source.schedule.kind === 'once';
  const isAudience = source.type === 'audience';
  const callOff = !isAudience ? 'all' : former === canonicalJson(source) ? 'none' : 'waiting';
  await carryRuns(transaction, { strategyId, version: version.version, callOff, now });
  if (!isOnce || (former === canonicalJson(source) && strategy.state === 'running' && !input.enterAgain))
    return;
  if ((await hasRun(transaction, strategyId)) && !input.enterAgain) return;
  const at = source.schedule.kind === 'once' ? source.schedule.at : undefined;
  await insertRun(transaction, {
    runId: platform.ids.newId(),
    strategyId,
    version: version.version,
    scheduledAt: input.enterAgain || at === undefined ? now : Date.parse(at),
  });
}

async function formerSource(transaction: Transaction, strategy: StoredStrategy): Promise<string | undefined> {
  if (strategy.publishedVersion === undefined) return undefined;
  const former = await requireVersion(transaction, strategy.strategyId, strategy.publishedVersion);
  return canonicalJson(former.document.nodes.find((node) => node.kind === 'entry')!.source);
}

async function applyAction(
  needs: CanvasNeeds,
  transaction: Transaction,
  strategy: StoredStrategy,
  action: 'pause' | 'resume' | 'stop',
  now: number,
): Promise<void> {
  const { strategyId, state } = strategy;
  const allowed = { pause: ['running'], resume: ['paused'], stop: ['running', 'paused'] }[action];
  if (!allowed.includes(state)) throw new CodedError('strategy_state_differs', { details: { state } });
  if (action === 'pause') {
    await updateState(transaction, { strategyId, state: 'paused', now });
    await needs.hub.hold(transaction, strategyId, true);
  } else if (action === 'resume') {
    // Entries that were missed while paused are not made up for.
    await updateState(transaction, { strategyId, state: 'running', entriesFromAt: now, now });
    await needs.hub.hold(transaction, strategyId, false);
  } else {
    await updateState(transaction, { strategyId, state: 'stopped', closedAt: now, now });
    await carryRuns(transaction, {
      strategyId,
      version: strategy.publishedVersion ?? 0,
      callOff: 'all',
      now,
    });
    await needs.hub.withdraw(transaction, { strategyId }, 'strategy_stopped');
  }
}

async function declareUses(
  needs: CanvasNeeds,
  transaction: Transaction,
  strategy: StoredStrategy,
  document: StrategyDocument,
): Promise<void> {
  const expressions = document.nodes.flatMap(conditionsOf).map(({ eql }) => ({ text: eql }));
  const user = { kind: 'strategy' as const, id: strategy.strategyId, name: strategy.name };
  await needs.audience.declareUses(transaction, user, expressions);
}

function record(
  platform: Pick<Platform, 'audit'>,
  transaction: Transaction,
  input: { actor: string; strategyId: string },
  action: string,
  detail: Record<string, unknown>,
): Promise<void> {
  const object = `strategy ${input.strategyId}`;
  return platform.audit.record(transaction, { actor: input.actor, action, object, detail });
}

/** @throws CodedError strategy_not_found */
export async function requireStrategy(
  reader: Pick<Transaction, 'query'>,
  strategyId: string,
  forUpdate = false,
): Promise<StoredStrategy> {
  const strategy = await readStrategy(reader, strategyId, { forUpdate });
  if (!strategy) throw new CodedError('strategy_not_found', { details: { strategyId } });
  return strategy;
}

/** @throws CodedError strategy_version_not_found */
export async function requireVersion(
  reader: Pick<Transaction, 'query'>,
  strategyId: string,
  version: number,
): Promise<StoredVersion> {
  const [stored] = await readVersions(reader, strategyId, version);
  if (!stored) throw new CodedError('strategy_version_not_found', { details: { strategyId, version } });
  return stored;
}

function requireHash(version: StoredVersion, hash: string): void {
  if (version.hash !== hash)
    throw new CodedError('strategy_hash_differs', { details: { hash: version.hash } });
}
