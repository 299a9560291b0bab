import type { identityApi } from '@wutong/contract';

type KeyType = identityApi.KeyType;
import type { Transaction } from '../platform/index.ts';
import { compileKeyRules, type KeyRules } from './key-rules.ts';
import { BANK_KEY_TYPES } from './preset-key-types.ts';

/** The compiled rules of this process. */
export interface RulesHolder {
  /** The rules of a version; read again when another process saved newer ones. */
  at(transaction: Transaction, version: number): Promise<KeyRules>;
  /** The newest rules. */
  newest(transaction: Transaction): Promise<KeyRules>;
  /** The newest rules, from memory when their version still is the newest. */
  present(transaction: Transaction): Promise<KeyRules>;
}

export function createRulesHolder(): RulesHolder {
  let held: KeyRules | undefined;
  async function read(transaction: Transaction): Promise<KeyRules> {
    // One statement, so that version and types belong together.
    const [row] = await transaction.query<{ version: number; types: KeyType[] | null }>(
      `select (select version from identity.rules) as version,
              (select json_agg(definition) from identity.key_type) as types`,
    );
    held = compileKeyRules(row!.version, row!.types ?? []);
    return held;
  }
  return {
    async at(transaction, version) {
      return held?.version === version ? held : read(transaction);
    },
    newest: read,
    async present(transaction) {
      const [row] = await transaction.query<{ version: number }>('select version from identity.rules');
      return held?.version === row!.version ? held : read(transaction);
    },
  };
}

/** Stores a key type and counts the version of the rules up. */
export async function writeKeyType(transaction: Transaction, type: KeyType, at: number): Promise<void> {
  await transaction.execute(
    `with counted as (update identity.rules set version = version + 1)
     insert into identity.key_type (type, priority, definition, updated_at) values ($1, $2, $3::jsonb, $4)
     on conflict (type) do update
     set priority = excluded.priority, definition = excluded.definition, updated_at = excluded.updated_at`,
    [type.type, type.priority, JSON.stringify(type), at],
  );
}

/** Gives a fresh installation the key types of a bank. Does nothing when any type is declared. */
export async function ensurePresets(transaction: Transaction, at: number): Promise<void> {
  await transaction.execute(
    `with given as (
       select definition from jsonb_array_elements($1::jsonb) as definition
       where not exists (select from identity.key_type)
     ), counted as (
       update identity.rules set version = version + 1 where exists (select from given)
     )
     insert into identity.key_type (type, priority, definition, updated_at)
     select definition->>'type', (definition->>'priority')::integer, definition, $2 from given
     on conflict (type) do nothing`,
    [JSON.stringify(BANK_KEY_TYPES), at],
  );
}

/** How many keys of each type there are. */
export async function countKeys(transaction: Transaction): Promise<Map<string, number>> {
  const rows = await transaction.query<{ type: string; count: number }>(
    'select type, count(*) as count from identity.key group by type',
  );
  return new Map(rows.map((row) => [row.type, row.count]));
}
