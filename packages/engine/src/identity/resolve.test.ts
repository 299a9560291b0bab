import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { beginWriting } from '../../test/harness/begin-writing.ts';
import { createTestDatabases, type TestDatabases } from '../../test/harness/databases.ts';
import { createTestPlatform } from '../../test/harness/platform.ts';
import { openDatabase, type Platform } from '../platform/index.ts';
import {
  createIdentity,
  presentPerson,
  type Identity,
  type LinkKind,
  type PersonChange,
  type Resolution,
} from './index.ts';

let databases: TestDatabases;
let platform: Platform;
let identity: Identity;

beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  identity = createIdentity(platform);
  await identity.start();
});

afterAll(async () => {
  await identity.stop();
  await platform.close();
  await databases.drop();
});

let messages = 0;

/** `link type=value …`, one record a line; times ascend from line to line unless given as `@ms`. */
async function resolve(lines: readonly string[], by: Identity = identity): Promise<Resolution[]> {
  const records = lines.map((line) => {
    const [link, ...rest] = line.split(' ');
    const at = rest[0]?.startsWith('@') ? Number(rest.shift()!.slice(1)) : 1_000_000 + messages;
    const keys = rest.map((pair) => ({
      type: pair.split('=')[0]!,
      value: pair.slice(pair.indexOf('=') + 1),
    }));
    return { keys, link: link as LinkKind, at, sourceId: 'test', messageId: `message-${messages++}` };
  });
  return platform.database.transaction((transaction) => by.resolve(transaction, records));
}

const person = async (line: string): Promise<number> => (await resolve([`none ${line}`]))[0]!.personId;

describe('resolve', () => {
  it('gives a new key its own person, and the same one ever after', async () => {
    const [first] = await resolve(['none cookie=first-visit']);
    expect(first).toEqual({ personId: first!.keyNumber, keyNumber: first!.keyNumber });
    expect(await resolve(['none cookie=first-visit', 'none cookie=first-visit'])).toEqual([first, first]);
  });

  it('rejects what names nobody, and falls back to the next key', async () => {
    const results = await resolve([
      'none cookie=null',
      'none cookie=00000000',
      'none fax=123',
      'none',
      'none mobile=undefined cookie=fallback-1',
      'none customer_number=#N/A',
      'none mobile=1.38001E+10',
      'none id_number=1.10101E+17',
    ]);
    expect(results.map((result) => result.rejected)).toEqual([
      'blocked_value',
      'blocked_value',
      'unknown_key_type',
      'no_key',
      undefined,
      'blocked_value',
      'blocked_value',
      'blocked_value',
    ]);
    expect(results[4]!.personId).toBe(await person('cookie=fallback-1'));
  });

  it('compares values in one form', async () => {
    expect(await person('mobile=+86139-1234-5678')).toBe(await person('mobile=13912345678'));
    expect(await person('email=Li.Lei@Example.com')).toBe(await person('email=li.lei@example.com'));
  });

  it('merges into the oldest person, and says so to other rooms and to other processes', async () => {
    const other = createIdentity(platform);
    const visitor = await person('cookie=merge-1');
    const customer = await person('customer_number=C-merge-1');
    await resolve(['none cookie=merge-1'], other);
    const [linked] = await resolve(['bind customer_number=C-merge-1 cookie=merge-1']);
    expect(linked!.personId).toBe(visitor);
    expect((await resolve(['none customer_number=C-merge-1'], other))[0]!.personId).toBe(visitor);

    const take = (): Promise<PersonChange[]> =>
      platform.database.transaction((transaction) => identity.takePersonChanges(transaction, 'test', 1000));
    // The room's own loops have transactions too.
    await expect
      .poll(async () => (await take()).at(-1), { timeout: 10_000 })
      .toMatchObject({ keyNumber: customer, oldPersonId: customer, newPersonId: visitor });
    // Nor does a round that finds nothing write: hundreds of them a minute would wait for the disk.
    const round = await platform.database.transaction(async (transaction) => {
      const changes = await identity.takePersonChanges(transaction, 'test', 1000);
      const [row] = await transaction.query<object>('select pg_current_xact_id_if_assigned() as written');
      return { changes, ...row };
    });
    expect(round).toEqual({ changes: [], written: null });
  });

  it('holds moves back while an older transaction may still write some, and never for another database', async () => {
    const take = async (): Promise<number[]> => {
      const changes = await platform.database.transaction((transaction) =>
        identity.takePersonChanges(transaction, 'waiting', 1000),
      );
      return changes.map((change) => change.keyNumber);
    };
    await take();
    const server = openDatabase(inject('databaseUrl'));
    const neighbour = await beginWriting(server);
    const own = await beginWriting(platform.database);
    await person('cookie=wait-1');
    const customer = await person('customer_number=C-wait-1');
    await resolve(['bind customer_number=C-wait-1 cookie=wait-1']);
    expect(await take()).toEqual([]);
    await own.end();
    await expect.poll(take, { timeout: 10_000 }).toEqual([customer]);
    await neighbour.end();
    await server.close();
  });

  it('brings moves to ClickHouse, where rows keep the person they came with', async () => {
    const [visitor] = await resolve(['none cookie=relay-1']);
    const [customer] = await resolve(['none customer_number=C-relay-1']);
    await resolve(['bind customer_number=C-relay-1 cookie=relay-1']);
    await expect
      .poll(
        async () => {
          const rows = await platform.clickhouse.query<{ present: number }>(
            `select ${presentPerson('person_id', 'key_number')} as present from (
             select toUInt64({person:UInt64}) as person_id, toUInt64({key:UInt64}) as key_number)`,
            { person: customer!.personId, key: customer!.keyNumber },
          );
          return rows[0]!.present;
        },
        { timeout: 10_000 },
      )
      .toBe(visitor!.personId);
  });

  it('forgets what a rolled-back transaction saw of itself', async () => {
    const failing = platform.database.transaction(async (transaction) => {
      const record = { link: 'none', at: 1, sourceId: 'test', messageId: 'x' } as const;
      const keys = [{ type: 'cookie', value: 'rolled-back' }];
      await identity.resolve(transaction, [{ ...record, keys }]);
      await identity.resolve(transaction, [{ ...record, keys }]);
      throw new Error('cut off');
    });
    await expect(failing).rejects.toThrow('cut off');
    const [{ keyNumber }] = (await resolve(['none cookie=rolled-back'])) as [Resolution];
    expect((await identity.personsOf([keyNumber])).get(keyNumber)).toBe(keyNumber);
  });

  it('sees within a transaction what it linked itself', async () => {
    await resolve(['none cookie=own-1', 'none cookie=own-2', 'none cookie=own-1']);
    const record = { at: 1, sourceId: 'test', messageId: 'y' };
    const one = { type: 'cookie', value: 'own-1' };
    const two = { type: 'cookie', value: 'own-2' };
    const [before, after] = await platform.database.transaction(async (transaction) => {
      await identity.resolve(transaction, [{ ...record, keys: [one, two], link: 'bind' }]);
      return identity.resolve(transaction, [
        { ...record, keys: [one], link: 'none' },
        { ...record, keys: [two], link: 'none' },
      ]);
    });
    expect(before!.personId).toBe(after!.personId);
  });

  it('links new keys of which another process makes one at the same moment', async () => {
    const other = createIdentity(platform);
    const [known] = await resolve(['none customer_number=C-race']);
    let resolvedInFirst = (): void => undefined;
    const isResolved = new Promise<void>((resolved) => (resolvedInFirst = resolved));
    let release = (): void => undefined;
    const mayCommit = new Promise<void>((released) => (release = released));
    const record = { link: 'bind', at: 1, sourceId: 'test' } as const;
    const first = platform.database.transaction(async (transaction) => {
      const keys = ['race-1', 'race-2'].map((value) => ({ type: 'cookie', value }));
      const [made] = await other.resolve(transaction, [{ ...record, keys, messageId: 'race-1' }]);
      resolvedInFirst();
      await mayCommit;
      return made!;
    });
    await isResolved;
    const second = resolve([
      'bind customer_number=C-race cookie=race-3',
      'bind cookie=race-3 cookie=race-2',
      'bind login_id=race-login cookie=race-4',
    ]);
    const waiting =
      "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
    await expect
      .poll(() => platform.database.query(waiting), { timeout: 60_000 })
      .toHaveLength(1)
      .finally(release);
    const made = await first;
    const [bound, , apart] = await second;
    expect(bound!.personId).toBe(known!.personId);
    expect(await person('cookie=race-1')).toBe(known!.personId);
    expect(made.personId).not.toBe(known!.personId);
    expect(apart!.personId).toBe(await person('cookie=race-4'));
    expect(apart!.personId).not.toBe(known!.personId);
    expect((await identity.refoldAll({ repair: false })).movedKeys).toBe(0);
  });

  it('folds a late unbind where it belongs', async () => {
    await resolve(['bind @100 customer_number=C-late mobile=13700000001']);
    await resolve(['bind @300 customer_number=C-late mobile=13700000001']);
    await resolve(['unbind @200 customer_number=C-late mobile=13700000001']);
    expect(await person('mobile=13700000001')).toBe(await person('customer_number=C-late'));
    await resolve(['unbind @400 customer_number=C-late mobile=13700000001']);
    expect(await person('mobile=13700000001')).not.toBe(await person('customer_number=C-late'));
  });
});

describe('keys as files bring them', () => {
  const many = (type: string, values: readonly string[]): Promise<Resolution[]> =>
    platform.database.transaction((transaction) =>
      identity.resolveKeys(transaction, { type, values, times: values.map(() => 1_000), sourceId: 'file' }),
    );

  it('are found as records find them, and made where they are new', async () => {
    const known = await resolve(['bind mobile=13700000001 cookie=file-1', 'none mobile=13700000002']);
    const found = await many('mobile', [
      '13700000003',
      '13700000002',
      'null',
      '+86137-0000-0001',
      '13700000003',
    ]);
    expect(found.map((each) => each.rejected)).toEqual([
      undefined,
      undefined,
      'blocked_value',
      undefined,
      undefined,
    ]);
    expect(found[3]!.personId).toBe(known[0]!.personId);
    expect(found[1]).toEqual(known[1]);
    expect(found[4]).toEqual(found[0]);
    expect(await resolve(['none mobile=13700000003'])).toEqual([found[0]]);
  });

  it('are refused one and all when nobody declared their type', async () => {
    const refused = { personId: 0, keyNumber: 0, rejected: 'unknown_key_type' };
    expect(await many('fax', ['1', '2'])).toEqual([refused, refused]);
    expect(await many('mobile', [])).toEqual([]);
  });

  it('find the person that a merge left', async () => {
    const [before] = await many('cookie', ['file-2']);
    await many('cookie', ['file-2', 'file-3']);
    const [merged] = await resolve(['bind cookie=file-2 cookie=file-3']);
    const after = await many('cookie', ['file-3', 'file-2']);
    expect(after.map((each) => each.personId)).toEqual([merged!.personId, merged!.personId]);
    expect(merged!.personId).toBe(before!.personId);
  });
});

describe('reading', () => {
  it('shows keys masked, opens them, and finds people by a whole value', async () => {
    await resolve(['bind customer_number=C-read mobile=13600001234 email=han@example.com']);
    const personId = await person('customer_number=C-read');
    const keys = (await identity.keysOf([personId])).get(personId)!;
    expect(keys.map((key) => `${key.type} ${key.masked}`)).toEqual([
      'customer_number C-read',
      'mobile 136****1234',
      'email h***@example.com',
    ]);
    expect(keys[1]!.open()).toBe('13600001234');
    expect((await identity.findPeople('+86 136 0000 1234'))[0]).toMatchObject({ personId });
    expect(await identity.findPeople('1360000')).toEqual([]);
    const values = ['+86 136 0000 1234', 'C-read', 'nobody', '00000000'];
    expect([...(await identity.peopleOfKeys(values))]).toEqual([
      ['+86 136 0000 1234', personId],
      ['C-read', personId],
    ]);
    expect([...(await identity.peopleOfKeys(values, 'mobile'))]).toEqual([['+86 136 0000 1234', personId]]);
  });

  it('finds the present person of a key, also when another process merged or un-merged it', async () => {
    const other = createIdentity(platform);
    const lookUp = (type: string, value: string): Promise<number | undefined> =>
      other.personOfKey({ type, value });
    const visitor = await person('cookie=lookup-1');
    await resolve(['none customer_number=C-lookup']);
    expect(await lookUp('customer_number', ' C-lookup ')).not.toBe(visitor);
    await resolve(['bind customer_number=C-lookup cookie=lookup-1']);
    expect(await lookUp('customer_number', 'C-lookup')).toBe(visitor);
    const own = (await identity.keysOf([visitor])).get(visitor)!.find((key) => key.type === 'cookie')!;
    const apart = { personId: visitor, keyNumbers: [own.keyNumber], actor: 'analyst', reason: 'two people' };
    await identity.unmerge(apart);
    expect(await lookUp('customer_number', 'C-lookup')).not.toBe(await lookUp('cookie', 'lookup-1'));
    expect(await lookUp('customer_number', 'never-seen')).toBeUndefined();
    expect(await lookUp('fax', '1')).toBeUndefined();
  });

  it('sends to the newest address, never to a shared one', async () => {
    await resolve(['bind @10 customer_number=C-addr mobile=13500000001']);
    await resolve(['bind @20 customer_number=C-addr mobile=13500000002']);
    const personId = await person('customer_number=C-addr');
    expect((await identity.addressOf([personId], 'mobile')).get(personId)!.open()).toBe('13500000002');
    await resolve(
      ['A', 'B', 'C', 'D', 'E'].map((name) => `bind customer_number=C-${name} mobile=13500000002`),
    );
    expect((await identity.addressOf([personId], 'mobile')).get(personId)!.open()).toBe('13500000001');
  });
});

describe('quarantine and un-merge', () => {
  const openItems = async (): Promise<{ item_id: string; reason: string }[]> =>
    platform.database.query("select item_id, reason from identity.quarantine_item where state = 'open'");

  it('waits for a decision, which is an assertion', async () => {
    await platform.database.execute("update identity.quarantine_item set state = 'obsolete'");
    await resolve(['bind customer_number=C-q1 login_id=q1', 'bind customer_number=C-q2 login_id=q1']);
    const [item] = await openItems();
    expect(item!.reason).toBe('cardinality');
    const before = await person('customer_number=C-q2');
    expect(before).not.toBe(await person('customer_number=C-q1'));
    const decision = { itemId: item!.item_id, actor: 'analyst', reason: 'two numbers after the merger' };
    const { state } = await identity.decide({ ...decision, accept: true });
    expect(state).toBe('accepted');
    expect(await person('customer_number=C-q2')).toBe(await person('customer_number=C-q1'));
    await expect(identity.decide({ ...decision, accept: true })).rejects.toThrow('quarantine_item_decided');
    expect((await identity.refoldAll({ repair: false })).movedKeys).toBe(0);
  });

  it('does not ask again what was rejected', async () => {
    await resolve(['bind customer_number=C-r1 login_id=r1', 'bind customer_number=C-r2 login_id=r1']);
    const [item] = await openItems();
    await identity.decide({ itemId: item!.item_id, accept: false, actor: 'analyst', reason: 'brothers' });
    await resolve(['bind customer_number=C-r2 login_id=r1']);
    expect(await openItems()).toEqual([]);
  });

  it('lets a contested key be declared shared: it then belongs to neither', async () => {
    await resolve(['bind customer_number=C-s1 login_id=s1', 'bind customer_number=C-s2 login_id=s1']);
    const [item] = await openItems();
    const login = (await identity.findPeople('s1'))[0]!.matched.keyNumber;
    const decision = { itemId: item!.item_id, accept: false, actor: 'analyst', reason: 'a shop counter' };
    await expect(identity.decide({ ...decision, sharedKeyNumber: login + 100_000 })).rejects.toThrow(
      'key_not_of_item',
    );
    expect((await identity.decide({ ...decision, sharedKeyNumber: login })).state).toBe('rejected');
    const persons = ['customer_number=C-s1', 'customer_number=C-s2', 'login_id=s1'].map(person);
    expect(new Set(await Promise.all(persons)).size).toBe(3);
    expect(await openItems()).toEqual([]);
  });

  it('takes keys out of a person for good', async () => {
    await resolve([
      'bind customer_number=C-u1 cookie=u1',
      'bind cookie=u1 cookie=u2',
      'bind cookie=u2 email=u@example.com',
    ]);
    const personId = await person('customer_number=C-u1');
    const keys = (await identity.keysOf([personId])).get(personId)!;
    const leaving = keys.filter((key) => ['u2', 'u@example.com'].includes(key.open()));
    const request = { personId, actor: 'analyst', reason: 'another person' };
    const done = await identity.unmerge({ ...request, keyNumbers: leaving.map((key) => key.keyNumber) });
    expect(done).toMatchObject({ retractedAssertions: 1, personIds: [expect.any(Number)] });
    await resolve(['bind cookie=u1 cookie=u2', 'bind customer_number=C-u1 email=u@example.com']);
    expect(await person('cookie=u2')).toBe(await person('email=u@example.com'));
    expect(await person('cookie=u2')).not.toBe(await person('customer_number=C-u1'));
    await expect(
      identity.unmerge({ ...request, keyNumbers: [keys[0]!.keyNumber, 999_999_999] }),
    ).rejects.toThrow('key_not_of_person');
  });
});

describe('rules', () => {
  it('says what a change would do before it is saved, and repairs old persons when it is', async () => {
    const [device] = (await identity.keyTypes()).filter((type) => type.type === 'device');
    await resolve([
      'bind customer_number=C-rule device=rule-test-1',
      'bind device=rule-test-1 cookie=rule-1',
    ]);
    const together = await person('customer_number=C-rule');
    const other = createIdentity(platform);
    expect((await resolve(['none device=rule-test-1'], other))[0]!.personId).toBe(together);
    expect(await other.personOfKey({ type: 'device', value: 'rule-test-1' })).toBe(together);
    const blocking = { ...device!, blockedPatterns: ['rule-test-.*'] };
    const change = await identity.saveKeyType(blocking, { dryRun: true, actor: 'engineer' });
    expect(change).toMatchObject({ mergedPersons: 0, splitPersons: 2, movedKeys: 2 });
    expect(change.samples[0]!.before[0]!.keys).toContain('customer_number: C-rule');
    expect(await person('cookie=rule-1')).toBe(together);

    await identity.saveKeyType(blocking, { dryRun: false, actor: 'engineer' });
    expect(await person('cookie=rule-1')).not.toBe(await person('customer_number=C-rule'));
    expect((await resolve(['none device=rule-test-1']))[0]!.rejected).toBe('blocked_value');
    // The other process has old rules and the key in memory.
    expect((await resolve(['none device=rule-test-1'], other))[0]!.rejected).toBe('blocked_value');
    expect(await other.personOfKey({ type: 'device', value: 'rule-test-1' })).toBeUndefined();
    await identity.saveKeyType(device!, { dryRun: false, actor: 'engineer' });
    expect(await person('cookie=rule-1')).toBe(await person('customer_number=C-rule'));
  });

  it('refuses rules that contradict each other', async () => {
    const [device] = (await identity.keyTypes()).filter((type) => type.type === 'device');
    const save = (change: object): Promise<unknown> =>
      identity.saveKeyType({ ...device!, ...change }, { dryRun: true, actor: 'engineer' });
    await expect(save({ cardinality: 'one', maximumPerPerson: 3 })).rejects.toThrow('key_type_invalid');
    await expect(save({ parent: 'device' })).rejects.toThrow('key_type_invalid');
    await expect(save({ parent: 'no_such_type' })).rejects.toThrow('key_type_invalid');
    await expect(save({ blockedPatterns: ['('] })).rejects.toThrow('key_type_invalid');
    await expect(save({ normalisation: 'uppercase' })).rejects.toThrow('key_type_invalid');
  });
});
