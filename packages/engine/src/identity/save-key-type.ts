import type { identityApi } from '@wutong/contract';
import { CodedError, type Platform, type Transaction } from '../platform/index.ts';
import { compileKeyRules, type KeyRule, type KeyRules } from './key-rules.ts';
import { excludeMapWriters } from './key-store.ts';
import type { MapDifference } from './map-difference.ts';
import { refoldAll } from './refold-all.ts';
import { forEachValue, readBlocked, writeBlocked } from './refold-store.ts';
import { countKeys, writeKeyType, type RulesHolder } from './rules-store.ts';

type KeyType = identityApi.KeyType;

export interface SaveNeeds {
  readonly platform: Pick<Platform, 'database' | 'clock' | 'secrets' | 'audit'>;
  readonly rules: RulesHolder;
}

/**
 * Declares or changes a key type and brings the whole map under the new rules. With `dryRun` nothing is
 * written: the fold runs on a snapshot, beside ingestion. `key_type_invalid` when rules contradict.
 */
export async function saveKeyType(
  needs: SaveNeeds,
  type: KeyType,
  options: { dryRun: boolean; actor: string },
): Promise<MapDifference> {
  const { database, clock } = needs.platform;
  return database.transaction(async (transaction) => {
    if (options.dryRun) await transaction.execute('set transaction isolation level repeatable read');
    else await excludeMapWriters(transaction);
    const present = await needs.rules.newest(transaction);
    const rules = withType(present, type);
    await refuseContradictions(transaction, present, type, rules);
    const { blocked, newlyBlocked, unblocked } = await judgeValues(
      needs,
      transaction,
      rules.byType.get(type.type)!,
    );
    if (!options.dryRun) {
      await writeKeyType(transaction, type, clock.now());
      await writeBlocked(transaction, newlyBlocked, true);
      await writeBlocked(transaction, unblocked, false);
      await needs.platform.audit.record(transaction, {
        actor: options.actor,
        action: 'key_type.save',
        object: type.type,
        detail: { definition: type },
      });
    }
    return refoldAll(transaction, {
      rules,
      blocked,
      repair: !options.dryRun,
      at: clock.now(),
      cause: 'rules',
    });
  });
}

function withType(present: KeyRules, type: KeyType): KeyRules {
  const others = [...present.byType.values()].filter((rule) => rule.type !== type.type);
  try {
    return compileKeyRules(present.version + 1, [...others, type]);
  } catch (error) {
    throw new CodedError('key_type_invalid', { details: { reason: (error as Error).message }, cause: error });
  }
}

async function refuseContradictions(
  transaction: Transaction,
  present: KeyRules,
  type: KeyType,
  rules: KeyRules,
): Promise<void> {
  const refuse = (reason: string): never => {
    throw new CodedError('key_type_invalid', { details: { reason } });
  };
  if (type.cardinality === 'one' && (type.maximumPerPerson ?? 1) > 1) {
    refuse('cardinality one allows no maximumPerPerson above 1');
  }
  for (let parent = type.parent, steps = 0; parent !== undefined; steps++) {
    const rule: KeyRule | undefined = rules.byType.get(parent);
    if (!rule) return refuse(`parent ${parent} is not declared`);
    if (parent === type.type || steps > rules.byType.size) return refuse('parents must not form a circle');
    parent = rule.parent;
  }
  const before = present.byType.get(type.type);
  if (before && before.normalisation !== type.normalisation) {
    const count = (await countKeys(transaction)).get(type.type) ?? 0;
    if (count > 0)
      refuse('normalisation cannot change while there are keys of the type: they were stored in its form');
  }
}

/** Which stored keys of the type are blocked under its new rule. */
async function judgeValues(
  needs: SaveNeeds,
  transaction: Transaction,
  rule: KeyRule,
): Promise<{ blocked: Set<number>; newlyBlocked: number[]; unblocked: number[] }> {
  const blocked = await readBlocked(transaction);
  const newlyBlocked: number[] = [];
  const unblocked: number[] = [];
  await forEachValue(transaction, rule.type, (keyNumber, valueEncrypted, wasBlocked) => {
    const isBlocked = rule.isBlocked(needs.platform.secrets.decrypt(valueEncrypted));
    if (isBlocked === wasBlocked) return;
    (isBlocked ? newlyBlocked : unblocked).push(keyNumber);
    if (isBlocked) blocked.add(keyNumber);
    else blocked.delete(keyNumber);
  });
  return { blocked, newlyBlocked, unblocked };
}
