import { countTotals } from './count-totals.ts';
import { identityApi } from '@wutong/contract';
import type { Platform, RunningLoop, Transaction } from '../platform/index.ts';
import { forgetForeignTransactions, takePersonChanges } from './change-store.ts';
import { decideItem, unmergePerson } from './decide.ts';
import type { Identity } from './front-door.ts';
import { createKeyLookup } from './look-up-key.ts';
import { linkRecords, proposeLinks } from './linking/index.ts';
import { createKeyCache } from './key-cache.ts';
import type { KeyRule } from './key-rules.ts';
import { excludeMapWriters } from './key-store.ts';
import type { MapDifference } from './map-difference.ts';
import { createKeyReader } from './read-keys.ts';
import { refoldAll } from './refold-all.ts';
import { readBlocked } from './refold-store.ts';
import { relayOverrides } from './relay-overrides.ts';
import { resolveBatch } from './resolve-batch.ts';
import { identityRoutes } from './routes.ts';
import { createRulesHolder, ensurePresets } from './rules-store.ts';
import { saveKeyType } from './save-key-type.ts';
import { showDifference } from './show-difference.ts';

const RELAY_INTERVAL_MS = 100;

/** Makes the room. `start` declares a bank's key types in a fresh installation and runs the relay. */
export function createIdentity(platform: Platform): Identity {
  const rules = createRulesHolder();
  const cache = createKeyCache();
  const reader = createKeyReader(platform, rules);
  const needs = { platform, rules, cache };
  const through = (transaction: Transaction | undefined): Transaction => transaction ?? platform.database;
  const shown = (difference: MapDifference): Promise<identityApi.MapChange> =>
    showDifference(platform.database, reader, difference);
  let relay: RunningLoop | undefined;

  const identity: Identity = {
    resolve: (transaction, records) => resolveBatch(needs, transaction, records),
    keysOf: (personIds, transaction) => reader.keysOf(through(transaction), personIds),
    addressOf: (personIds, keyType, transaction) =>
      reader.addressOf(through(transaction), personIds, keyType),
    findPeople: (text) => reader.findPeople(platform.database, text),
    personOfKey: createKeyLookup(platform, rules),
    personsOf: (keyNumbers, transaction) => reader.personsOf(through(transaction), keyNumbers),
    takePersonChanges,
    totals: (sinceMs) => countTotals(platform.database, sinceMs),
    async keyTypes() {
      const { byType } = await rules.newest(platform.database);
      return [...byType.values()].map(declaredPart);
    },
    saveKeyType: async (type, options) => shown(await saveKeyType(needs, type, options)),
    async refoldAll({ repair }) {
      const difference = await platform.database.transaction(async (transaction) => {
        if (repair) await excludeMapWriters(transaction);
        else await transaction.execute('set transaction isolation level repeatable read');
        return refoldAll(transaction, {
          rules: await rules.newest(transaction),
          blocked: await readBlocked(transaction),
          repair,
          at: platform.clock.now(),
          cause: 'rules',
        });
      });
      return shown(difference);
    },
    unmerge: (request) =>
      platform.database.transaction((transaction) => unmergePerson(needs, transaction, request)),
    decide: (request) =>
      platform.database.transaction((transaction) => decideItem(needs, transaction, request)),
    linkRecords: (run, request) => linkRecords(platform.clickhouse, run, request),
    proposeLinks: (linkage, keyType) =>
      proposeLinks(
        { platform, resolve: (transaction, records) => resolveBatch(needs, transaction, records) },
        linkage,
        keyType,
      ),
    routes: (server) => identityRoutes(server, { platform, identity, reader, rules }),
    async start() {
      await platform.database.transaction(async (transaction) => {
        await ensurePresets(transaction, platform.clock.now());
        await forgetForeignTransactions(transaction);
      });
      relay = platform.jobs.loop({
        name: 'identity.relay',
        intervalMs: RELAY_INTERVAL_MS,
        run: () => relayOverrides(platform),
      });
    },
    async stop() {
      await relay?.stop();
    },
  };
  return identity;
}

/** A rule as it was declared, without its functions. */
function declaredPart(rule: KeyRule): identityApi.KeyType {
  return identityApi.keyTypeSchema.parse(rule);
}
