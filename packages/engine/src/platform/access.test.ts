import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../test/harness/databases.ts';
import { createTestPlatform } from '../../test/harness/platform.ts';
import { allows, pageIsIntact, type Platform } from './index.ts';

let databases: TestDatabases;
let platform: Platform;
beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
});
afterAll(async () => {
  await platform.close();
  await databases.drop();
});

const ADDRESS = '192.0.2.1';

describe('access', () => {
  it('opens a session with the right password only, and closes it', async () => {
    await platform.access.createUser({
      name: 'lin',
      displayName: '林',
      password: 'a long password',
      role: 'marketer',
    });
    await expect(platform.access.logIn('lin', 'wrong', ADDRESS)).rejects.toMatchObject({
      code: 'wrong_login',
    });
    await expect(platform.access.logIn('nobody', 'wrong', ADDRESS)).rejects.toMatchObject({
      code: 'wrong_login',
    });
    const { secret, user } = await platform.access.logIn('lin', 'a long password', ADDRESS);
    expect(allows(user.permissions, 'segment.write')).toBe(true);
    expect(allows(user.permissions, 'strategy.approve')).toBe(false);
    expect((await platform.access.userOf({ session: secret }))?.name).toBe('lin');
    await platform.access.logOut(secret);
    expect(await platform.access.userOf({ session: secret })).toBeUndefined();
  });

  it('keeps neither passwords nor secrets readable', async () => {
    const { secret } = await platform.access.logIn('lin', 'a long password', ADDRESS);
    const dump = JSON.stringify([
      await platform.database.query('select * from platform.console_user'),
      await platform.database.query("select encode(secret_hash, 'escape') from platform.session"),
    ]);
    expect(dump).not.toContain('a long password');
    expect(dump).not.toContain(secret);
  });

  it('refuses a name that is taken, and guessing', async () => {
    await expect(
      platform.access.createUser({
        name: 'lin',
        displayName: 'x',
        password: 'another long one',
        role: 'manager',
      }),
    ).rejects.toMatchObject({ code: 'name_taken' });
    await platform.access.createUser({
      name: 'guessed',
      displayName: 'x',
      password: 'another long one',
      role: 'manager',
    });
    for (let attempt = 0; attempt < 10; attempt++) {
      await expect(platform.access.logIn('guessed', 'wrong', ADDRESS)).rejects.toMatchObject({
        code: 'wrong_login',
      });
    }
    await expect(platform.access.logIn('guessed', 'another long one', ADDRESS)).rejects.toMatchObject({
      code: 'too_many_logins',
    });
    // Whoever guesses elsewhere does not keep the user out.
    await platform.access.logIn('guessed', 'another long one', '192.0.2.2');
  });
});

describe('audit', () => {
  const write = (action: string, detail: Record<string, unknown> = {}): Promise<void> =>
    platform.database.transaction((transaction) =>
      platform.audit.record(transaction, { actor: 'lin', action, object: 'thing', detail }),
    );

  it('stays one chain under concurrent writers', async () => {
    await Promise.all(
      Array.from({ length: 20 }, (_, number) =>
        write('test.act', { number, nested: { b: 1, a: [true, null] } }),
      ),
    );
    expect(await platform.audit.findBreak(platform.database)).toBeUndefined();
    const rows = await platform.audit.list(platform.database, { limit: 100 });
    expect(rows).toHaveLength(20);
    expect(pageIsIntact(rows)).toBe(true);
  });

  it.each([
    ['a changed row', "update platform.audit set detail = '{}' where sequence = 7", 7],
    ['a deleted row', 'delete from platform.audit where sequence = 9', 9],
    ['two swapped rows', 'update platform.audit set sequence = 23 - sequence where sequence in (11, 12)', 11],
  ])('shows %s', async (_what, statement, expected) => {
    await platform.database
      .transaction(async (transaction) => {
        await transaction.execute('alter table platform.audit drop constraint audit_pkey');
        await transaction.execute(statement);
        expect(await platform.audit.findBreak(transaction)).toBe(expected);
        throw new Error('undo');
      })
      .catch((error: Error) => expect(error.message).toBe('undo'));
  });

  it('says of each entry what the one before it said of the same thing', async () => {
    const rows = await platform.audit.list(platform.database, { limit: 100 });
    const [newest, older] = rows.filter((row) => row.action === 'test.act');
    expect(newest!.formerly).toEqual(older!.detail);
    expect(rows.at(-1)!.formerly).toBeNull();
  });

  it('writes nothing when the act itself fails', async () => {
    const before = await platform.audit.list(platform.database, { limit: 100 });
    await expect(
      platform.database.transaction(async (transaction) => {
        await platform.audit.record(transaction, { actor: 'lin', action: 'test.fail', object: 'thing' });
        throw new Error('the act failed');
      }),
    ).rejects.toThrow('the act failed');
    expect(await platform.audit.list(platform.database, { limit: 100 })).toHaveLength(before.length);
  });
});

describe('user management', () => {
  const PASSWORD = 'first long password';
  const make = (name: string, role: 'administrator' | 'marketer' = 'marketer'): Promise<string> =>
    platform.access.createUser({ name, displayName: name, password: PASSWORD, role });

  it('changes a password: the old one and the other sessions end, one’s own stays', async () => {
    await make('chen');
    const own = await platform.access.logIn('chen', PASSWORD, ADDRESS);
    const other = await platform.access.logIn('chen', PASSWORD, ADDRESS);
    const next = 'second long password';
    await expect(
      platform.users.changePassword(own.user, { current: 'wrong', next }, own.secret, ADDRESS),
    ).rejects.toMatchObject({ code: 'wrong_login' });
    await platform.users.changePassword(own.user, { current: PASSWORD, next }, own.secret, ADDRESS);
    expect(await platform.access.userOf({ session: own.secret })).toBeDefined();
    expect(await platform.access.userOf({ session: other.secret })).toBeUndefined();
    await expect(platform.access.logIn('chen', PASSWORD, ADDRESS)).rejects.toMatchObject({
      code: 'wrong_login',
    });
    await platform.access.logIn('chen', next, ADDRESS);
  });

  it('disables a user at once: sessions and tokens stop to work', async () => {
    const userId = await make('zhao');
    const { secret } = await platform.access.logIn('zhao', PASSWORD, ADDRESS);
    const token = await platform.users.createToken('admin', userId, 'night job');
    expect((await platform.access.userOf({ token: token.secret }))?.name).toBe('zhao');
    await platform.users.edit('admin', userId, { disabled: true });
    expect(await platform.access.userOf({ session: secret })).toBeUndefined();
    expect(await platform.access.userOf({ token: token.secret })).toBeUndefined();
    await expect(platform.access.logIn('zhao', PASSWORD, ADDRESS)).rejects.toMatchObject({
      code: 'wrong_login',
    });
    await platform.users.edit('admin', userId, { disabled: false, role: 'manager', institutionId: 'B101' });
    const { user } = await platform.access.logIn('zhao', PASSWORD, ADDRESS);
    expect([user.role, user.institutionId]).toEqual(['manager', 'B101']);
  });

  it('keeps a last administrator, also when the last two are demoted at once', async () => {
    const [first, second] = [await make('root1', 'administrator'), await make('root2', 'administrator')];
    const outcomes = await Promise.allSettled([
      platform.users.edit('root1', second, { role: 'marketer' }),
      platform.users.edit('root2', first, { disabled: true }),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const rejected = outcomes.find((outcome) => outcome.status === 'rejected');
    expect(rejected?.reason).toMatchObject({ code: 'last_administrator' });
  });

  it('revokes tokens, and has one of a name only', async () => {
    const userId = await make('sun');
    const { tokenId, secret } = await platform.users.createToken('admin', userId, 'bi');
    await expect(platform.users.createToken('admin', userId, 'bi')).rejects.toMatchObject({
      code: 'name_taken',
    });
    await platform.users.revokeToken('admin', tokenId);
    expect(await platform.access.userOf({ token: secret })).toBeUndefined();

    await platform.access.ensureToken(userId, 'WUTONG_ADMIN_TOKEN', 'old secret');
    await platform.access.ensureToken(userId, 'WUTONG_ADMIN_TOKEN', 'new secret');
    expect(await platform.access.userOf({ token: 'old secret' })).toBeUndefined();
    expect(await platform.access.userOf({ token: 'new secret' })).toBeDefined();
    await platform.access.ensureToken(userId, 'WUTONG_ADMIN_TOKEN', undefined);
    expect(await platform.access.userOf({ token: 'new secret' })).toBeUndefined();
  });

  it('leaves a line in the audit for each change, without the password', async () => {
    const rows = await platform.database.query<{ action: string; detail: unknown }>(
      "select action, detail from platform.audit where action like 'user.%' or action like 'token.%'",
    );
    expect(new Set(rows.map((row) => row.action))).toEqual(
      new Set(['user.edit', 'user.change_password', 'token.create', 'token.revoke']),
    );
    expect(JSON.stringify(rows)).not.toContain('long password');
  });
});
