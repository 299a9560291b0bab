import { countTotals } from './count-totals.ts';
import { identityApi } from '@wutong/contract';
import { CodedError, type Platform, type RunningLoop, type Transaction } from '../platform/index.ts';
import { forgetForeignTransactions, takePersonChanges } from './change-store.ts';
import { decideItem, unmergePerson } from './decide.ts';
import type { Identity } from './front-door.ts';
import { createLinking, linkingRoutes, type RecordPorts } from './linking-runs/index.ts';
import { createKeyLookup } from './look-up-key.ts';
import { createKeyCache } from './key-cache.ts';
import type { KeyRule } from './key-rules.ts';
import { excludeMapWriters } from './key-store.ts';
import type { MapDifference } from './map-difference.ts';
import { createKeyReader } from './read-keys.ts';
import { refoldAll } from './refold-all.ts';
import { readBlocked } from './refold-store.ts';
import { relayOverrides } from './relay-overrides.ts';
import { resolveBatch } from './resolve-batch.ts';
import { resolveKeys } from './resolve-keys.ts';
import { identityRoutes } from './routes.ts';
import { createRulesHolder, ensurePresets } from './rules-store.ts';
import { saveKeyType } from './save-key-type.ts';
import { showDifference } from './show-difference.ts';

const RELAY_INTERVAL_MS = 100;

/**
 * Makes the room. `start` declares a bank's key types in a fresh installation and runs the relay. Later rooms lend
 * their records to linking through `records`, which is asked at each use: by then they are there.
 */
export function createIdentity(platform: Platform, records: () => RecordPorts = noRecords): Identity {
  const rules = createRulesHolder();
  const cache = createKeyCache();
  const reader = createKeyReader(platform, rules);
  const needs = { platform, rules, cache };
  const through = (transaction: Transaction | undefined): Transaction => transaction ?? platform.database;
  const shown = (difference: MapDifference): Promise<identityApi.MapChange> =>
    showDifference(platform.database, reader, difference);
  const linking = createLinking({
    platform,
    rules,
    records,
    resolve: (transaction, given) => resolveBatch(needs, transaction, given),
  });
  let relay: RunningLoop | undefined;

  const identity: Identity = {
    resolve: (transaction, records) => resolveBatch(needs, transaction, records),
    resolveKeys: (transaction, keys) => resolveKeys(needs, transaction, keys),
    keysOf: (personIds, transaction) => reader.keysOf(through(transaction), personIds),
    addressOf: (personIds, keyType, transaction) =>
      reader.addressOf(through(transaction), personIds, keyType),
    findPeople: (text) => reader.findPeople(platform.database, text),
    peopleOfKeys: (values, type) => reader.peopleOfKeys(platform.database, values, type),
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
    linking,
    routes(server) {
      identityRoutes(server, { platform, identity, reader, rules });
      linkingRoutes(server, platform, linking);
    },
    prepare: () =>
      platform.database.transaction((transaction) => ensurePresets(transaction, platform.clock.now())),
    async start() {
      await identity.prepare();
      await platform.database.transaction(forgetForeignTransactions);
      relay = platform.jobs.loop({
        name: 'identity.relay',
        intervalMs: RELAY_INTERVAL_MS,
        run: () => relayOverrides(platform),
      });
      if (platform.config.roles.has('worker')) linking.startWorker();
    },
    async stop() {
      await linking.stopWorker();
      await relay?.stop();
    },
  };
  return identity;
}

const noRecords = (): RecordPorts => ({
  lenders: [],
  readFile: () => Promise.reject(new CodedError('record_file_unusable')),
});

/** A rule as it was declared, without its functions. */
function declaredPart(rule: KeyRule): identityApi.KeyType {
  return identityApi.keyTypeSchema.parse(rule);
}
