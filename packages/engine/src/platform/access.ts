import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { Clock } from './clock.ts';
import { CodedError } from './errors.ts';
import type { Ids } from './ids.ts';
import type { Database } from './postgres.ts';

/** Who calls. */
export interface CallingUser {
  readonly userId: string;
  readonly name: string;
  readonly displayName: string;
  readonly role: Role;
  readonly permissions: ReadonlySet<string>;
  readonly language: 'zh' | 'en';
  readonly institutionId: string | undefined;
}

const READ_ALL = [
  'overview.read',
  'people.read',
  'entity.read',
  'source.read',
  'identity.read',
  'segment.read',
  'tag.read',
  'content.read',
  'strategy.read',
  'message.read',
  'supplier.read',
  'task.read',
  'report.read',
  'platform.read',
];

/**
 * What each role may do; `*` is everything. Names are `noun.verb`. `pii.open` shows unmasked personal
 * data and leaves a line in the audit at each opening.
 */
export const ROLES = {
  administrator: ['*'],
  marketer: [
    ...READ_ALL,
    'segment.write',
    'tag.write',
    'report.export',
    'content.write',
    'strategy.write',
    'message.send',
    'task.write',
  ],
  approver: [...READ_ALL, 'strategy.approve', 'content.approve', 'audit.read', 'quarantine.decide'],
  channel_administrator: [...READ_ALL, 'supplier.write', 'message.send'],
  manager: ['overview.read', 'people.read', 'task.read', 'task.write', 'report.read'],
  data_engineer: [
    ...READ_ALL,
    'source.write',
    'entity.write',
    'identity.write',
    'quarantine.decide',
    'tag.write',
    'tag.sql',
  ],
} as const satisfies Record<string, readonly string[]>;
export type Role = keyof typeof ROLES;

/** Whether a set of permissions allows one. */
export function allows(permissions: ReadonlySet<string>, permission: string): boolean {
  return permissions.has('*') || permissions.has(permission);
}

export interface Access {
  /** Makes a console user; `conflict` when the name is taken. */
  createUser(user: {
    name: string;
    displayName: string;
    password: string;
    role: Role;
    institutionId?: string | undefined;
  }): Promise<string>;
  /** Makes the user with this name or renews its password (the administrator at start). */
  ensureUser(user: { name: string; displayName: string; password: string; role: Role }): Promise<string>;
  /** Makes the secret an API token of the user. */
  ensureToken(userId: string, name: string, secret: string): Promise<void>;
  /** Checks a login and opens a session; `wrong_login`, `too_many_logins`. */
  logIn(name: string, password: string): Promise<{ user: CallingUser; secret: string; expiresAt: number }>;
  logOut(secret: string): Promise<void>;
  /** The user behind a session cookie or an API token. */
  userOf(credential: {
    session?: string | undefined;
    token?: string | undefined;
  }): Promise<CallingUser | undefined>;
  listUsers(): Promise<(UserRow & { disabled: boolean })[]>;
}

export interface UserRow {
  user_id: string;
  name: string;
  display_name: string;
  role: Role;
  language: 'zh' | 'en';
  institution_id: string | null;
}

const scryptAsync = promisify(scrypt) as (
  password: string,
  salt: Buffer,
  length: number,
  options: { N: number; r: number; p: number; maxmem: number },
) => Promise<Buffer>;
// OWASP's password storage sheet: scrypt with N=2^16, r=8, p=2 (64 MiB) or stronger.
const SCRYPT = { N: 2 ** 16, r: 8, p: 2, maxmem: 160 * 1024 * 1024 };
const SESSION_MS = 12 * 3600_000;
const FAILURES_A_MINUTE = 10;
const MOST_NAMES = 10_000;
const CACHE_MS = 5_000;

async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await scryptAsync(password, salt, 32, SCRYPT);
  return `scrypt$${salt.toString('base64')}$${hash.toString('base64')}`;
}

async function passwordFits(password: string, stored: string): Promise<boolean> {
  const [, salt, hash] = stored.split('$');
  if (!salt || !hash) return false;
  const computed = await scryptAsync(password, Buffer.from(salt, 'base64'), 32, SCRYPT);
  return timingSafeEqual(computed, Buffer.from(hash, 'base64'));
}

const secretHash = (secret: string): Buffer => createHash('sha256').update(secret).digest();

function toUser(row: UserRow): CallingUser {
  return {
    userId: row.user_id,
    name: row.name,
    displayName: row.display_name,
    role: row.role,
    permissions: new Set<string>(ROLES[row.role] ?? []),
    language: row.language,
    institutionId: row.institution_id ?? undefined,
  };
}

/** Users, sessions and tokens in PostgreSQL. Sessions live in real time, not in the demo's. */
export function createAccess(database: Database, ids: Ids, realTime: Clock): Access {
  const failures = new Map<string, number[]>();
  const known = new Map<string, { user: CallingUser; until: number }>();
  let missingUserHash: string | undefined;
  let hashing: Promise<unknown> = Promise.resolve();

  /** Each try costs 64 MiB and half a second of a core: one at a time, so that guessing cannot stop the rest. */
  function oneByOne<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = hashing.then(work, work);
    hashing = result.catch(() => undefined);
    return result;
  }

  /** Counted before the password is looked at, so that tries side by side count as well. */
  function countTry(name: string, now: number): void {
    const recent = (failures.get(name) ?? []).filter((at) => at > now - 60_000);
    if (recent.length >= FAILURES_A_MINUTE) throw new CodedError('too_many_logins');
    // The oldest names are forgotten first.
    failures.delete(name);
    failures.set(name, [...recent, now]);
    if (failures.size > MOST_NAMES) failures.delete(failures.keys().next().value!);
  }

  const insertUser = async (user: Parameters<Access['createUser']>[0]): Promise<string | undefined> => {
    const rows = await database.query<{ user_id: string }>(
      `insert into platform.console_user (user_id, name, display_name, password_hash, role, institution_id, created_at)
       values ($1, $2, $3, $4, $5, $6, $7) on conflict (name) do nothing returning user_id`,
      [
        ids.newId(),
        user.name,
        user.displayName,
        await hashPassword(user.password),
        user.role,
        user.institutionId ?? null,
        realTime.now(),
      ],
    );
    return rows[0]?.user_id;
  };

  return {
    async createUser(user) {
      const userId = await insertUser(user);
      if (!userId) throw new CodedError('conflict', { details: { name: user.name } });
      return userId;
    },
    async ensureUser(user) {
      const [existing] = await database.query<{ user_id: string; password_hash: string }>(
        'select user_id, password_hash from platform.console_user where name = $1',
        [user.name],
      );
      if (!existing) return (await insertUser(user)) ?? this.ensureUser(user);
      if (!(await passwordFits(user.password, existing.password_hash))) {
        await database.execute('update platform.console_user set password_hash = $2 where user_id = $1', [
          existing.user_id,
          await hashPassword(user.password),
        ]);
      }
      return existing.user_id;
    },
    async ensureToken(userId, name, secret) {
      await database.execute(
        `insert into platform.api_token (secret_hash, user_id, name, created_at) values ($1, $2, $3, $4)
         on conflict (secret_hash) do nothing`,
        [secretHash(secret), userId, name, realTime.now()],
      );
    },
    async logIn(name, password) {
      const now = realTime.now();
      countTry(name, now);
      const row = await database
        .query<UserRow & { password_hash: string }>(
          'select * from platform.console_user where name = $1 and not disabled',
          [name],
        )
        .then((rows) => rows[0]);
      // A name that does not exist costs the same time as one that does.
      missingUserHash ??= await hashPassword(randomBytes(16).toString('hex'));
      const hash = row?.password_hash ?? missingUserHash;
      if (!(await oneByOne(() => passwordFits(password, hash))) || !row) throw new CodedError('wrong_login');
      failures.delete(name);
      const secret = randomBytes(32).toString('base64url');
      await database.execute('delete from platform.session where expires_at < $1', [now]);
      await database.execute(
        'insert into platform.session (secret_hash, user_id, created_at, expires_at) values ($1, $2, $3, $4)',
        [secretHash(secret), row.user_id, now, now + SESSION_MS],
      );
      return { user: toUser(row), secret, expiresAt: now + SESSION_MS };
    },
    async logOut(secret) {
      known.delete(`session ${secret}`);
      await database.execute('delete from platform.session where secret_hash = $1', [secretHash(secret)]);
    },
    async userOf(credential) {
      const now = realTime.now();
      const cacheKey = credential.token ? `token ${credential.token}` : `session ${credential.session ?? ''}`;
      const cached = known.get(cacheKey);
      if (cached && cached.until > now) return cached.user;
      const [row] = credential.token
        ? await database.query<UserRow>(
            `select u.* from platform.api_token t join platform.console_user u using (user_id)
             where t.secret_hash = $1 and not u.disabled`,
            [secretHash(credential.token)],
          )
        : await database.query<UserRow>(
            `select u.* from platform.session s join platform.console_user u using (user_id)
             where s.secret_hash = $1 and s.expires_at > $2 and not u.disabled`,
            [secretHash(credential.session ?? ''), now],
          );
      if (!row) return undefined;
      const user = toUser(row);
      if (known.size > 10_000) known.clear();
      known.set(cacheKey, { user, until: now + CACHE_MS });
      return user;
    },
    listUsers: () =>
      database.query<UserRow & { disabled: boolean }>(
        `select user_id, name, display_name, role, language, institution_id, disabled
         from platform.console_user order by name limit 10000`,
      ),
  };
}
