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

describe('access', () => {
  it('opens a session with the right password only, and closes it', async () => {
    await platform.access.createUser({
      name: 'lin',
      displayName: '林',
      password: 'a long password',
      role: 'marketer',
    });
    await expect(platform.access.logIn('lin', 'wrong')).rejects.toMatchObject({ code: 'wrong_login' });
    await expect(platform.access.logIn('nobody', 'wrong')).rejects.toMatchObject({ code: 'wrong_login' });
    const { secret, user } = await platform.access.logIn('lin', 'a long password');
    expect(allows(user.permissions, 'segment.write')).toBe(true);
    expect(allows(user.permissions, 'strategy.approve')).toBe(false);
    expect((await platform.access.userOf({ session: secret }))?.name).toBe('lin');
    await platform.access.logOut(secret);
    expect(await platform.access.userOf({ session: secret })).toBeUndefined();
  });

  it('keeps neither passwords nor secrets readable', async () => {
    const { secret } = await platform.access.logIn('lin', 'a long password');
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
    ).rejects.toMatchObject({ code: 'conflict' });
    await platform.access.createUser({
      name: 'guessed',
      displayName: 'x',
      password: 'another long one',
      role: 'manager',
    });
    for (let attempt = 0; attempt < 10; attempt++) {
      await expect(platform.access.logIn('guessed', 'wrong')).rejects.toMatchObject({ code: 'wrong_login' });
    }
    await expect(platform.access.logIn('guessed', 'another long one')).rejects.toMatchObject({
      code: 'too_many_logins',
    });
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
