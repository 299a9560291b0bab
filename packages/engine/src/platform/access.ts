import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from './clock.ts';
import { CodedError } from './errors.ts';
import type { Ids } from './ids.ts';
import { hashPassword, passwordFits } from './password.ts';
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
  'output.read',
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
    'output.write',
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
  /** Makes a console user; `name_taken`. */
  createUser(user: {
    name: string;
    displayName: string;
    password: string;
    role: Role;
    institutionId?: string | undefined;
  }): Promise<string>;
  /**
   * Makes the user with this name, or gives it the password again unless that is to be kept (the
   * administrator at start). `fits`: whether the password is the one given.
   */
  ensureUser(
    user: { name: string; displayName: string; password: string; role: Role },
    options?: { keepPassword: boolean },
  ): Promise<{ userId: string; fits: boolean }>;
  /** Makes the secret the one API token of this name that the user has; without a secret, it has none. */
  ensureToken(userId: string, name: string, secret: string | undefined): Promise<void>;
  /**
   * Checks a login and opens a session; `wrong_login`, `too_many_logins`. Wrong tries are counted by the name
   * and the network address they come from, so that a stranger elsewhere cannot keep a user out.
   */
  logIn(
    name: string,
    password: string,
    address: string,
  ): Promise<{ user: CallingUser; secret: string; expiresAt: number }>;
  logOut(secret: string): Promise<void>;
  /** The user behind a session cookie or an API token. */
  userOf(credential: {
    session?: string | undefined;
    token?: string | undefined;
  }): Promise<CallingUser | undefined>;
  /** Somebody as they would call now, for what runs on their behalf; undefined when they are gone or disabled. */
  userBehind(
    owner: { readonly userId: string } | { readonly name: string },
  ): Promise<CallingUser | undefined>;
  /** Checks the password of somebody who is logged in; counted like a login: `wrong_login`, `too_many_logins`. */
  confirmPassword(name: string, password: string, address: string): Promise<void>;
  /** What is remembered of callers for a few seconds is looked up anew, here at once. */
  forgetCallers(): void;
}

export interface UserRow {
  user_id: string;
  name: string;
  display_name: string;
  role: Role;
  language: 'zh' | 'en';
  institution_id: string | null;
}

const SESSION_MS = 12 * 3600_000;
const FAILURES_A_MINUTE = 10;
const MOST_COUNTED = 10_000;
const CACHE_MS = 5_000;

/** Sessions and tokens are found by this. */
export const secretHash = (secret: string): Buffer => createHash('sha256').update(secret).digest();

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

  /**
   * Counted before the password is looked at, so that tries side by side count as well. Who guesses from many
   * addresses is held back by the one-at-a-time above: about two tries a second for the whole server.
   */
  function countTry(counted: string, now: number): void {
    const recent = (failures.get(counted) ?? []).filter((at) => at > now - 60_000);
    if (recent.length >= FAILURES_A_MINUTE) throw new CodedError('too_many_logins');
    // The oldest are forgotten first.
    failures.delete(counted);
    failures.set(counted, [...recent, now]);
    if (failures.size > MOST_COUNTED) failures.delete(failures.keys().next().value!);
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

  const checkPassword = async (name: string, password: string, address: string): Promise<UserRow> => {
    const counted = `${address} ${name}`;
    countTry(counted, realTime.now());
    const [row] = await database.query<UserRow & { password_hash: string }>(
      'select * from platform.console_user where name = $1 and not disabled',
      [name],
    );
    // A name that does not exist costs the same time as one that does.
    missingUserHash ??= await hashPassword(randomBytes(16).toString('hex'));
    const hash = row?.password_hash ?? missingUserHash;
    if (!(await oneByOne(() => passwordFits(password, hash))) || !row) throw new CodedError('wrong_login');
    failures.delete(counted);
    return row;
  };

  return {
    async createUser(user) {
      const userId = await insertUser(user);
      if (!userId) throw new CodedError('name_taken', { details: { name: user.name } });
      return userId;
    },
    async ensureUser(user, { keepPassword } = { keepPassword: false }) {
      const [existing] = await database.query<{ user_id: string; password_hash: string }>(
        'select user_id, password_hash from platform.console_user where name = $1',
        [user.name],
      );
      if (!existing) {
        const userId = await insertUser(user);
        return userId ? { userId, fits: true } : this.ensureUser(user);
      }
      const userId = existing.user_id;
      const fits = await passwordFits(user.password, existing.password_hash);
      if (fits || keepPassword) return { userId, fits };
      await database.execute('update platform.console_user set password_hash = $2 where user_id = $1', [
        userId,
        await hashPassword(user.password),
      ]);
      return { userId, fits: true };
    },
    async ensureToken(userId, name, secret) {
      const hash = secret === undefined ? Buffer.alloc(0) : secretHash(secret);
      await database.execute(
        'delete from platform.api_token where user_id = $1 and name = $2 and secret_hash <> $3',
        [userId, name, hash],
      );
      known.clear();
      if (secret === undefined) return;
      await database.execute(
        `insert into platform.api_token (token_id, secret_hash, user_id, name, created_at)
         values ($1, $2, $3, $4, $5) on conflict (secret_hash) do nothing`,
        [ids.newId(), hash, userId, name, realTime.now()],
      );
    },
    async logIn(name, password, address) {
      const now = realTime.now();
      const row = await checkPassword(name, password, address);
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
    async userBehind(owner) {
      const [column, value] = 'userId' in owner ? ['user_id::text', owner.userId] : ['name', owner.name];
      const [row] = await database.query<UserRow>(
        `select * from platform.console_user where ${column} = $1 and not disabled`,
        [value],
      );
      return row && toUser(row);
    },
    async confirmPassword(name, password, address) {
      await checkPassword(name, password, address);
    },
    forgetCallers: () => known.clear(),
  };
}
