import type { Platform, Transaction } from '../platform/index.ts';
import type { PersonKey } from './front-door.ts';
import type { KeyRules } from './key-rules.ts';
import { findKeys } from './key-store.ts';
import { maskKey } from './mask-key.ts';
import { fingerprintOf, usableFingerprint } from './prepare-batch.ts';
import type { RulesHolder } from './rules-store.ts';
import { plainArray } from './sql-array.ts';

interface KeyRow {
  key_number: number;
  person_id: number;
  type: string;
  value_encrypted: string;
  first_seen_at: number;
  shared: boolean;
}

const KEY_ROW = 'key_number, person_id, type, value_encrypted, first_seen_at, shared';

/** Reading of keys with their values. */
export interface KeyReader {
  keysOf(transaction: Transaction, personIds: readonly number[]): Promise<Map<number, PersonKey[]>>;
  keysByNumber(
    transaction: Transaction,
    keyNumbers: readonly number[],
  ): Promise<Map<number, PersonKey & { personId: number }>>;
  addressOf(
    transaction: Transaction,
    personIds: readonly number[],
    keyType: string,
  ): Promise<Map<number, PersonKey>>;
  findPeople(transaction: Transaction, text: string): Promise<{ personId: number; matched: PersonKey }[]>;
  peopleOfKeys(
    transaction: Transaction,
    values: readonly string[],
    type?: string,
  ): Promise<Map<string, number>>;
  personsOf(transaction: Transaction, keyNumbers: readonly number[]): Promise<Map<number, number>>;
}

export function createKeyReader(platform: Pick<Platform, 'secrets'>, rulesHolder: RulesHolder): KeyReader {
  const { secrets } = platform;

  function personKey(row: KeyRow, rules: KeyRules): PersonKey & { personId: number } {
    const open = (): string => secrets.decrypt(row.value_encrypted);
    return {
      personId: row.person_id,
      type: row.type,
      keyNumber: row.key_number,
      get masked() {
        return maskKey(rules.byType.get(row.type), open());
      },
      firstSeenAt: row.first_seen_at,
      shared: row.shared,
      open,
    };
  }

  return {
    async keysOf(transaction, personIds) {
      const rules = await rulesHolder.newest(transaction);
      const rows = await transaction.query<KeyRow>(
        `select ${KEY_ROW} from identity.key where person_id = any($1::bigint[]) order by key_number`,
        [plainArray(personIds)],
      );
      const priority = (type: string): number => rules.byType.get(type)?.priority ?? Number.MAX_SAFE_INTEGER;
      rows.sort((a, b) => priority(a.type) - priority(b.type) || a.key_number - b.key_number);
      const keys = new Map<number, PersonKey[]>();
      for (const row of rows) {
        const key = personKey(row, rules);
        const list = keys.get(row.person_id);
        if (list) list.push(key);
        else keys.set(row.person_id, [key]);
      }
      return keys;
    },
    async keysByNumber(transaction, keyNumbers) {
      const rules = await rulesHolder.newest(transaction);
      const rows = await transaction.query<KeyRow>(
        `select ${KEY_ROW} from identity.key where key_number = any($1::bigint[])`,
        [plainArray(keyNumbers)],
      );
      return new Map(rows.map((row) => [row.key_number, personKey(row, rules)]));
    },
    async addressOf(transaction, personIds, keyType) {
      const rules = await rulesHolder.newest(transaction);
      const rows = await transaction.query<KeyRow>(
        `select distinct on (person_id) ${KEY_ROW} from identity.key
         where person_id = any($1::bigint[]) and type = $2 and not shared and not blocked
         order by person_id, coalesce(bound_at, first_seen_at) desc, key_number desc`,
        [plainArray(personIds), keyType],
      );
      return new Map(rows.map((row) => [row.person_id, personKey(row, rules)]));
    },
    async findPeople(transaction, text) {
      const rules = await rulesHolder.newest(transaction);
      const prints = [...rules.byType.values()]
        .map((rule) => ({ rule, value: rule.normalise(text) }))
        .filter(({ value }) => value !== '')
        .map(({ rule, value }) => fingerprintOf(secrets, rule.type, value));
      const rows = await transaction.query<KeyRow>(
        `select ${KEY_ROW} from identity.key where fingerprint = any($1::uuid[]) order by person_id, key_number`,
        [plainArray(prints)],
      );
      const found = new Map<number, PersonKey>();
      for (const row of rows) if (!found.has(row.person_id)) found.set(row.person_id, personKey(row, rules));
      return [...found].map(([personId, matched]) => ({ personId, matched }));
    },
    async peopleOfKeys(transaction, values, type) {
      const rules = await rulesHolder.newest(transaction);
      const types = [...rules.byType.values()]
        .filter((rule) => type === undefined || rule.type === type)
        .toSorted((a, b) => a.priority - b.priority);
      const prints = values.map((value) =>
        types.flatMap((rule) => usableFingerprint(secrets, rules, { type: rule.type, value }) ?? []),
      );
      const found = await findKeys(transaction, [...new Set(prints.flat())]);
      const personOf = new Map(found.map((key) => [key.fingerprint, key.person_id]));
      const people = new Map<string, number>();
      values.forEach((value, index) => {
        const print = prints[index]!.find((each) => personOf.has(each));
        if (print !== undefined) people.set(value, personOf.get(print)!);
      });
      return people;
    },
    async personsOf(transaction, keyNumbers) {
      const rows = await transaction.query<{ key_number: number; person_id: number }>(
        'select key_number, person_id from identity.key where key_number = any($1::bigint[])',
        [plainArray(keyNumbers)],
      );
      return new Map(rows.map((row) => [row.key_number, row.person_id]));
    },
  };
}
