import { CodedError, requireSeen, type Platform, type SeenPeople } from '../platform/index.ts';
import { enrolPeople } from './enrol-people.ts';
import { entriesOfRequests } from './entering-store.ts';
import type { Programs } from './load-program.ts';
import { lockEntry, lockFlow, lockStrategy } from './locks.ts';
import { requireStrategy } from './manage-strategy.ts';
import type { CanvasNeeds } from './needs.ts';

export interface EntryRequest {
  readonly requestId: string;
  readonly key: { readonly type: string; readonly value: string };
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface RequestOutcome {
  readonly requestId: string;
  readonly entry?: number | undefined;
  readonly outcome: 'entered' | 'repeated' | 'inside' | 'may_not_reenter' | 'unknown_person';
}

/**
 * Brings people in by a call. A request that entered before answers `repeated` with its entry, whatever has
 * become of it since.
 * @throws CodedError strategy_not_found, strategy_entry_differs; person_not_found for whom the caller does not `reach`
 */
export async function enrolByRequest(
  of: {
    platform: Pick<Platform, 'database' | 'clock'>;
    needs: CanvasNeeds;
    programs: Programs;
    slot: number;
  },
  strategyId: string,
  requests: readonly EntryRequest[],
  reach?: SeenPeople,
): Promise<RequestOutcome[]> {
  const { database, clock } = of.platform;
  return database.transaction(async (transaction) => {
    await lockFlow(transaction, 'shared');
    await lockStrategy(transaction, strategyId, 'shared');
    const strategy = await requireStrategy(transaction, strategyId);
    if (strategy.state !== 'running' || strategy.publishedVersion === undefined) {
      throw new CodedError('strategy_entry_differs', { details: { state: strategy.state } });
    }
    const program = await of.programs.of(transaction, strategyId, strategy.publishedVersion);
    if (program.entry.source.type !== 'api') {
      throw new CodedError('strategy_entry_differs', { details: { entry: program.entry.source.type } });
    }
    await lockEntry(transaction, strategyId);
    const now = clock.now();
    const known = await entriesOfRequests(
      transaction,
      strategyId,
      requests.map((each) => each.requestId),
    );
    const fresh = firstOfEach(requests.filter((each) => !known.has(each.requestId)));
    const resolutions = await of.needs.identity.resolve(
      transaction,
      fresh.map((each) => ({
        keys: [each.key],
        link: 'none' as const,
        at: now,
        sourceId: 'canvas',
        messageId: each.requestId,
      })),
    );
    if (reach)
      await requireSeen(
        resolutions.map((resolution) => resolution.personId),
        reach.sees,
      );
    const outcomes = await enrolPeople(
      of.needs,
      transaction,
      program,
      fresh.map((each, index) => ({
        keyNumber: resolutions[index]!.keyNumber,
        context: each.properties,
        requestId: each.requestId,
      })),
      { now, slot: of.slot },
    );
    const byRequest = new Map(fresh.map((each, index) => [each.requestId, outcomes[index]!]));
    return requests.map(({ requestId }): RequestOutcome => {
      const entry = known.get(requestId);
      if (entry !== undefined) return { requestId, entry, outcome: 'repeated' };
      const outcome = byRequest.get(requestId)!;
      return outcome.kind === 'entered'
        ? { requestId, entry: outcome.entry, outcome: 'entered' }
        : { requestId, outcome: outcome.kind };
    });
  });
}

function firstOfEach(requests: readonly EntryRequest[]): EntryRequest[] {
  const seen = new Set<string>();
  return requests.filter(({ requestId }) => {
    if (seen.has(requestId)) return false;
    seen.add(requestId);
    return true;
  });
}
