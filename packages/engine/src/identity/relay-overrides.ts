import type { Platform } from '../platform/index.ts';
import { takePersonChanges } from './change-store.ts';

const CONSUMER = 'identity.override';
const CHANGES_PER_ROUND = 20_000;

/**
 * Brings the moves of keys to ClickHouse, one round; true when there may be more. Cut off between the
 * insert and the commit, the same rows are inserted again: the table keeps one per key, of the highest
 * sequence. (Moves of one key are serialised by the lock of its person, so its sequences ascend.)
 */
export async function relayOverrides(platform: Pick<Platform, 'database' | 'clickhouse'>): Promise<boolean> {
  return platform.database.transaction(async (transaction) => {
    const changes = await takePersonChanges(transaction, CONSUMER, CHANGES_PER_ROUND);
    await platform.clickhouse.insert(
      'identity_override',
      changes.map((change) => ({
        key_number: change.keyNumber,
        person_id: change.newPersonId,
        version: change.sequence,
      })),
    );
    return changes.length === CHANGES_PER_ROUND;
  });
}
