import type { RawKey } from '../../identity/index.ts';
import { keyValue, RECORD_LIMITS } from '../check-record.ts';
import type { Rejection } from '../record.ts';
import type { DecodeContext } from './format.ts';
import { isObject } from './read-body.ts';

/** Sensors' names of identities that stand for one of our key types; others lose their `$identity_`. */
const KEY_TYPES: Readonly<Record<string, string>> = {
  $identity_cookie_id: 'cookie',
  $identity_android_id: 'device',
  $identity_android_uuid: 'device',
  $identity_ios_uuid: 'device',
  $identity_idfv: 'device',
  $identity_idfa: 'device',
  $identity_harmony_uuid: 'device',
  $identity_mp_openid: 'open_id',
  $identity_mp_unionid: 'union_id',
};

type SourceKeys = DecodeContext['source'];

/**
 * Identity keys of a Sensors record, the strongest first. `identities` (ID-Mapping 3) wins over
 * `distinct_id`; before that, `login_id` and `anonymous_id`, or `$is_login_id`, say what distinct_id is.
 * Takes the fields of version 2 (`user_id`, `identities`, `distinct_id`) out of the properties.
 */
export function sensorsKeys(
  item: Record<string, unknown>,
  properties: Record<string, unknown>,
  signUp: boolean,
  source: SourceKeys,
): RawKey[] | Rejection {
  const version2 = item.version === '2.0' || item.schema !== undefined;
  const second: Record<string, unknown> = version2 ? properties : {};
  const identities = item.identities ?? second.identities;
  const userId =
    item.user_id ?? second.user_id ?? (version2 && item.schema === 'users' ? item.id : undefined);
  const distinctId = item.distinct_id ?? second.distinct_id;
  const isLogin = properties.$is_login_id === true;
  if (version2) {
    for (const name of ['identities', 'user_id', 'distinct_id']) delete properties[name];
  }
  delete properties.$is_login_id;

  if (userId !== undefined && userId !== null) return namedKeys([[source.loginKeyType, userId]]);
  if (isObject(identities) && Object.keys(identities).length > 0) return fromIdentities(identities, source);
  if (signUp) {
    return namedKeys([
      [source.loginKeyType, distinctId],
      [source.anonymousKeyType, item.original_id],
    ]);
  }
  if (item.login_id !== undefined && item.login_id !== null) {
    return namedKeys([
      [source.loginKeyType, item.login_id],
      [source.anonymousKeyType, item.anonymous_id],
    ]);
  }
  return namedKeys([[isLogin ? source.loginKeyType : source.anonymousKeyType, distinctId]]);
}

function fromIdentities(identities: Record<string, unknown>, source: SourceKeys): RawKey[] | Rejection {
  const names = Object.keys(identities);
  if (names.length > RECORD_LIMITS.keys) {
    return { code: 'key_invalid', details: { limit: RECORD_LIMITS.keys } };
  }
  const pairs: [string, unknown][] = [];
  for (const name of names) {
    const value = identities[name];
    // Web's ID-Mapping 3 may send a list of values for one identity.
    for (const each of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (name === '$identity_login_id') pairs.unshift([source.loginKeyType, each]);
      else pairs.push([keyTypeOf(name, source), each]);
    }
  }
  return namedKeys(pairs.slice(0, RECORD_LIMITS.keys));
}

function keyTypeOf(name: string, source: SourceKeys): string {
  if (name === '$identity_anonymous_id' || name === '$identity_distinct_id') return source.anonymousKeyType;
  const known = KEY_TYPES[name];
  if (known) return known;
  return name.startsWith('$identity_') ? name.slice('$identity_'.length) : name;
}

/** Keys that have a value; at least one must. */
function namedKeys(pairs: readonly (readonly [string, unknown])[]): RawKey[] | Rejection {
  const keys: RawKey[] = [];
  for (const [type, value] of pairs) {
    if (value === undefined || value === null || value === '') continue;
    const text = keyValue(value);
    if (text === undefined) return { code: 'key_invalid', details: { type } };
    keys.push({ type, value: text });
  }
  return keys.length > 0 ? keys : { code: 'keys_missing' };
}
