import { ADDRESS_KEY_TYPES } from '../decision/index.ts';
import type { JudgeRequest } from '../decision/index.ts';
import type { ContentVersion } from '../content/index.ts';
import type { Platform, Transaction } from '../platform/index.ts';
import type { Submission } from './channels/adapter.ts';
import { chooseLimit } from './choose-limit.ts';
import { createShareCounter } from './choose-supplier.ts';
import { claimWaiting, dueChannels, type ClaimedMessage } from './claim-store.ts';
import { ClaimedBatch } from './claimed-batch.ts';
import { composeMessage, type PeopleFacts, type Routing } from './compose-messages.ts';
import type { HubNeeds } from './front-door.ts';
import type { ProcessLocks } from './process-locks.ts';
import type { Channel } from './reservation.ts';
import type { SupplierDirectory } from './supplier-directory.ts';
import type { SupplierSessions } from './supplier-sessions.ts';

const CHANNELS: readonly Channel[] = ['sms', 'email', 'push', 'in_app', 'task', 'webhook'];

export interface DeliverNeeds extends HubNeeds {
  readonly directory: SupplierDirectory;
  readonly sessions: SupplierSessions;
  readonly locks: ProcessLocks;
}

/**
 * One round of delivery: for each channel with room at its suppliers, a batch is claimed, composed, and its
 * attempts are committed; only then are suppliers called. True when there may be more at once.
 */
export function createDelivery(platform: Platform, needs: DeliverNeeds): { round(): Promise<boolean> } {
  const counter = createShareCounter();

  return {
    async round() {
      const process = needs.locks.number();
      if (process === undefined) return false;
      const suppliers = needs.directory.routable((row) => needs.sessions.isUp(row));
      const routing: Routing = {
        routes: needs.directory.routes(),
        suppliers,
        counter,
        elsewhere: new Set(needs.sessions.elsewhere()),
      };
      const limits = new Map<Channel, number>();
      for (const channel of CHANNELS) {
        const limit = chooseLimit(channel, needs.directory, needs.sessions, suppliers);
        if (limit > 0) limits.set(channel, limit);
      }
      const due = await dueChannels(platform.database, [...limits.keys()], platform.clock.now());
      let more = false;
      let failure: unknown;
      for (const channel of due as Channel[]) {
        const limit = limits.get(channel)!;
        try {
          const claimed = await deliverChannel(platform, needs, routing, { channel, limit, process });
          more ||= claimed === limit;
        } catch (error) {
          // One channel in trouble does not hold up the others; the loop logs it and backs off.
          failure ??= error;
        }
      }
      if (failure !== undefined) throw failure;
      return more;
    },
  };
}

async function deliverChannel(
  platform: Platform,
  needs: DeliverNeeds,
  routing: Routing,
  turn: { channel: Channel; limit: number; process: number },
): Promise<number> {
  const calls: { supplierId: string; submission: Submission }[] = [];
  const claimed = await platform.database.transaction(async (transaction) => {
    calls.length = 0;
    const messages = await claimWaiting(transaction, {
      channel: turn.channel,
      now: platform.clock.now(),
      limit: turn.limit,
      elsewhere: [...routing.elsewhere],
    });
    if (messages.length === 0) return 0;
    const people = await readPeople(platform, needs, transaction, messages);
    const batch = new ClaimedBatch(platform, needs, turn.process);
    for (const message of messages) {
      const composed = composeMessage(platform, needs.content, message, people, routing);
      const submission = batch.add(message, composed);
      if (composed.kind === 'call' && submission) calls.push({ supplierId: composed.supplierId, submission });
    }
    await batch.write(transaction);
    return messages.length;
  });
  // The attempts are committed: from here on a call has a row whatever happens.
  for (const { supplierId, submission } of calls) needs.sessions.dispatch(supplierId, submission);
  return claimed;
}

async function readPeople(
  platform: Platform,
  needs: DeliverNeeds,
  transaction: Transaction,
  messages: readonly ClaimedMessage[],
): Promise<PeopleFacts> {
  const now = platform.clock.now();
  const personIds = [...new Set(messages.map((message) => message.person_id))];
  const keyType = ADDRESS_KEY_TYPES[messages[0]!.channel];
  const fresh = messages.filter((message) => message.expires_at > now);
  const verdicts = await needs.decision.recheck(transaction, fresh.map(requestOf));
  const versions = new Map<string, ContentVersion>();
  for (const { content_id: contentId, content_version: version } of messages) {
    const key = `${contentId} ${version}`;
    if (versions.has(key)) continue;
    const found = await needs.content.version({ contentId, version });
    if (found !== undefined) versions.set(key, found);
  }
  return {
    addresses:
      keyType === undefined ? new Map() : await needs.identity.addressOf(personIds, keyType, transaction),
    attributes: await needs.profile.attributesOf(personIds, transaction),
    verdicts: new Map(fresh.map((message, place) => [message.message_id, verdicts[place]!])),
    versions,
  };
}

function requestOf(message: ClaimedMessage): JudgeRequest {
  const { isTest, ...policy } = message.policy ?? {};
  return {
    personId: message.person_id,
    channel: message.channel,
    purpose: message.purpose,
    strategyId: message.strategy_id,
    ...(Object.keys(policy).length > 0 ? { policy } : {}),
    ...(isTest === true ? { isTest } : {}),
  };
}
