import type { Keep } from './keep.ts';

/** An identity key: a declared type and its value. */
export interface IdentityKey {
  readonly type: string;
  readonly value: string;
}

/** Who is in front of this browser: a random cookie key, and the login once it is known. */
export interface Visitor {
  readonly cookie: IdentityKey;
  login(): IdentityKey | undefined;
  /** The login first when there is one. */
  keys(): IdentityKey[];
  logIn(key: IdentityKey): void;
  /** Logs out; a new cookie key begins, so that the next person is not taken for this one. */
  reset(): void;
}

const COOKIE = 'visitor';
const LOGIN = 'login';

export function createVisitor(keep: Keep): Visitor {
  let cookie = keep.get(COOKIE) ?? renew();
  let login = readKey(keep.get(LOGIN));

  function renew(): string {
    const value = randomId();
    keep.set(COOKIE, value);
    return value;
  }

  const visitor: Visitor = {
    get cookie() {
      return { type: 'cookie', value: cookie };
    },
    login: () => login,
    keys: () => (login ? [login, visitor.cookie] : [visitor.cookie]),
    logIn(key) {
      login = key;
      keep.set(LOGIN, JSON.stringify(key));
    },
    reset() {
      login = undefined;
      keep.remove(LOGIN);
      cookie = renew();
    },
  };
  return visitor;
}

function readKey(text: string | undefined): IdentityKey | undefined {
  try {
    const key = JSON.parse(text ?? 'null') as IdentityKey | null;
    return key && typeof key.type === 'string' && typeof key.value === 'string' ? key : undefined;
  } catch {
    return undefined;
  }
}

/** 128 random bits as a UUID (version 4); also on pages without TLS, where crypto.randomUUID is missing. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
