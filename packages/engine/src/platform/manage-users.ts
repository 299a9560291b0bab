import { randomBytes } from 'node:crypto';
import { secretHash, type Access, type Role, type UserRow } from './access.ts';
import type { Audit } from './audit.ts';
import type { Clock } from './clock.ts';
import { CodedError } from './errors.ts';
import type { Ids } from './ids.ts';
import { hashPassword } from './password.ts';
import type { Database, Transaction } from './postgres.ts';

/** What an administrator may change of a user; what is absent stays. */
export interface UserEdit {
  readonly displayName?: string | undefined;
  readonly role?: Role | undefined;
  /** Null: of the whole bank. */
  readonly institutionId?: string | null | undefined;
  readonly disabled?: boolean | undefined;
  readonly password?: string | undefined;
}

export interface TokenRow {
  token_id: string;
  user_id: string;
  user_name: string;
  name: string;
  created_at: number;
}

/** Users and API tokens, as an administrator keeps them. Every change is audited. */
export interface UserManagement {
  list(): Promise<(UserRow & { disabled: boolean })[]>;
  /** `not_found`, `last_administrator`. Sessions end when the password, the role or the state changes. */
  edit(actor: string, userId: string, edit: UserEdit): Promise<void>;
  /** Somebody's own password; all sessions of the person end but the one with this secret. `wrong_login`. */
  changePassword(
    user: { userId: string; name: string },
    passwords: { current: string; next: string },
    keptSession: string | undefined,
    address: string,
  ): Promise<void>;
  tokens(): Promise<TokenRow[]>;
  /** The secret is told once. `not_found` without such a user, `name_taken` when the user has one of this name. */
  createToken(actor: string, userId: string, name: string): Promise<{ tokenId: string; secret: string }>;
  /** `not_found` */
  revokeToken(actor: string, tokenId: string): Promise<void>;
}

const MOST_LISTED = 10_000;

export function createUserManagement(needs: {
  database: Database;
  access: Access;
  audit: Audit;
  ids: Ids;
  realTime: Clock;
}): UserManagement {
  const { database, access, audit, ids, realTime } = needs;

  /** Locks the administrators, so that the last two cannot take the right from each other at once. */
  async function keepAnAdministrator(transaction: Transaction, userId: string): Promise<void> {
    const administrators = await transaction.query<{ user_id: string }>(
      `select user_id from platform.console_user
       where role = 'administrator' and not disabled order by user_id for update`,
    );
    if (administrators.length === 1 && administrators[0]?.user_id === userId)
      throw new CodedError('last_administrator');
  }

  return {
    list: () =>
      database.query<UserRow & { disabled: boolean }>(
        `select user_id, name, display_name, role, language, institution_id, disabled
         from platform.console_user order by name limit ${MOST_LISTED}`,
      ),
    async edit(actor, userId, edit) {
      const passwordHash = edit.password === undefined ? undefined : await hashPassword(edit.password);
      await database.transaction(async (transaction) => {
        const losesRight =
          edit.disabled === true || (edit.role !== undefined && edit.role !== 'administrator');
        if (losesRight) await keepAnAdministrator(transaction, userId);
        const [row] = await transaction.query<{ name: string }>(
          `update platform.console_user
           set display_name = coalesce($2, display_name), role = coalesce($3, role),
             institution_id = case when $4 then $5 else institution_id end,
             disabled = coalesce($6, disabled), password_hash = coalesce($7, password_hash)
           where user_id = $1 returning name`,
          [
            userId,
            edit.displayName ?? null,
            edit.role ?? null,
            edit.institutionId !== undefined,
            edit.institutionId ?? null,
            edit.disabled ?? null,
            passwordHash ?? null,
          ],
        );
        if (!row) throw new CodedError('not_found', { details: { userId } });
        if (passwordHash !== undefined || edit.role !== undefined || edit.disabled === true) {
          await transaction.execute('delete from platform.session where user_id = $1', [userId]);
        }
        const { password, ...shown } = edit;
        await audit.record(transaction, {
          actor,
          action: 'user.edit',
          object: row.name,
          detail: { ...shown, ...(password === undefined ? {} : { password: 'changed' }) },
        });
      });
      access.forgetCallers();
    },
    async changePassword(user, { current, next }, keptSession, address) {
      await access.confirmPassword(user.name, current, address);
      const hash = await hashPassword(next);
      await database.transaction(async (transaction) => {
        await transaction.execute('update platform.console_user set password_hash = $2 where user_id = $1', [
          user.userId,
          hash,
        ]);
        await transaction.execute('delete from platform.session where user_id = $1 and secret_hash <> $2', [
          user.userId,
          keptSession === undefined ? Buffer.alloc(0) : secretHash(keptSession),
        ]);
        await audit.record(transaction, {
          actor: user.name,
          action: 'user.change_password',
          object: user.name,
          detail: {},
        });
      });
      access.forgetCallers();
    },
    tokens: () =>
      database.query<TokenRow>(
        `select t.token_id, t.user_id, u.name user_name, t.name, t.created_at
         from platform.api_token t join platform.console_user u using (user_id)
         order by t.created_at desc limit ${MOST_LISTED}`,
      ),
    async createToken(actor, userId, name) {
      const secret = `wt_${randomBytes(32).toString('base64url')}`;
      const tokenId = ids.newId();
      await database.transaction(async (transaction) => {
        const [user] = await transaction.query<{ name: string }>(
          'select name from platform.console_user where user_id = $1 and not disabled for update',
          [userId],
        );
        if (!user) throw new CodedError('not_found', { details: { userId } });
        const made = await transaction.execute(
          `insert into platform.api_token (token_id, secret_hash, user_id, name, created_at)
           select $1, $2, $3, $4, $5
           where not exists (select from platform.api_token where user_id = $3 and name = $4)`,
          [tokenId, secretHash(secret), userId, name, realTime.now()],
        );
        if (made === 0) throw new CodedError('name_taken', { details: { name } });
        await audit.record(transaction, {
          actor,
          action: 'token.create',
          object: name,
          detail: { user: user.name },
        });
      });
      return { tokenId, secret };
    },
    async revokeToken(actor, tokenId) {
      await database.transaction(async (transaction) => {
        const [token] = await transaction.query<{ name: string }>(
          'delete from platform.api_token where token_id = $1 returning name',
          [tokenId],
        );
        if (!token) throw new CodedError('not_found', { details: { tokenId } });
        await audit.record(transaction, { actor, action: 'token.revoke', object: token.name, detail: {} });
      });
      access.forgetCallers();
    },
  };
}
