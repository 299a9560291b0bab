import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../test/harness/databases.ts';
import { createTestPlatform } from '../../test/harness/platform.ts';
import { createIdentity, type Identity } from '../identity/index.ts';
import { createIngest } from '../ingest/index.ts';
import type { Platform } from '../platform/index.ts';
import { createProfile, type Profile } from '../profile/index.ts';
import { createAudience, type Audience } from './index.ts';

let databases: TestDatabases;
let platform: Platform;
let identity: Identity;
let profile: Profile;
let audience: Audience;

/** The profile's loops do not run: whatever is true at once is so without them. */
beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  identity = createIdentity(platform);
  await identity.start();
  profile = createProfile(platform, identity);
  const ingest = createIngest(platform, { identity, profile, wantedEvents: {} });
  audience = createAudience(platform, { identity, profile, ingest });
  await profile.declare({
    attributes: [{ name: 'level', valueType: 'string', title: { en: 'Level', zh: '等级' } }],
  });
});
afterAll(async () => {
  await identity?.stop();
  await platform?.close();
  await databases?.drop();
});

/** A person as a batch of events makes them, acknowledged when this is done. */
async function meet(number: number, level?: string): Promise<number> {
  return platform.database.transaction(async (transaction) => {
    const at = platform.clock.now();
    const from = { at, sourceId: 'test', messageId: `met-${number}-${level}` };
    const [resolution] = await identity.resolve(transaction, [
      { keys: [{ type: 'customer_number', value: `C${number}` }], link: 'bind' as const, ...from },
    ]);
    const { personId, keyNumber } = resolution!;
    await profile.meet(transaction, [personId]);
    if (level !== undefined) {
      const values = { level };
      await profile.apply(transaction, [
        { kind: 'attributes', action: 'set', values, personId, keyNumber, ...from },
      ]);
    }
    return personId;
  });
}

it('counts who has just come, and knows what has just been said of them', async () => {
  expect(await audience.count({ text: 'person' })).toMatchObject({ count: 0 });
  const one = await meet(1);
  expect(await audience.count({ text: 'person' })).toMatchObject({ count: 1 });
  const two = await meet(2, '金卡');
  // A branch of a strategy is asked once: who came by the event that started it must be known.
  expect(await audience.evaluate({ text: "person where level = '金卡'" }, [one, two])).toEqual(
    new Set([two]),
  );
  await meet(1, '金卡');
  expect((await audience.people({ text: "person where level = '金卡'" }, { limit: 10 })).personIds).toEqual(
    [one, two].sort((left, right) => left - right),
  );
});

it('knows it of those it is asked about while an import keeps the queue long', async () => {
  // People of an import: none of them is there, so that nothing is written of them.
  await platform.database.execute(
    "insert into profile.change (person_id, what) select 1000000 + number, 'p' from generate_series(1, 10001) as n(number)",
  );
  const three = await meet(3, '白金');
  expect(await audience.evaluate({ text: "person where level = '白金'" }, [three])).toEqual(new Set([three]));
  expect((await audience.values({ text: 'level' }, [three])).get(three)).toBe('白金');
  const [waiting] = await platform.database.query<{ count: number }>(
    'select count(*)::int as count from profile.change',
  );
  expect(waiting!.count).toBe(10_001);
});
