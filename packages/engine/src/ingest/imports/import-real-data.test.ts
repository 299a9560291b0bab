import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../../test/harness/databases.ts';
import { createTestPlatform } from '../../../test/harness/platform.ts';
import { createIdentity, type Identity } from '../../identity/index.ts';
import type { Platform } from '../../platform/index.ts';
import { createProfile, type Profile } from '../../profile/index.ts';
import { createIngest, type Ingest } from '../create-ingest.ts';
import { runImport } from './run-import.ts';

const root = fileURLToPath(new URL('../../../../../', import.meta.url));
const data = `${root}../shared/data`;
const hasData = existsSync(data);
if (!hasData) console.log(`skipped: the real data sets are not there (${data})`);

let databases: TestDatabases;
let platform: Platform;
let identity: Identity;
let profile: Profile;
let ingest: Ingest;

beforeAll(async () => {
  if (!hasData) return;
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  identity = createIdentity(platform);
  await identity.start();
  profile = createProfile(platform, identity);
  ingest = createIngest(platform, { identity, profile, wantedEvents: {} });
});
afterAll(async () => {
  if (!hasData) return;
  await identity.stop();
  await platform.close();
  await databases.drop();
});

const load = (mapping: string, folder: string) =>
  runImport(
    platform,
    { identity, profile, ingest },
    { mappingFile: `${root}examples/mappings/${mapping}.json`, dataDirectory: `${data}/${folder}` },
  );
const count = async (sql: string): Promise<number> =>
  (await platform.clickhouse.query<{ n: number }>(`select toUInt32(count()) as n from ${sql}`))[0]!.n;

/** The person of a client of the Berka bank. */
async function client(clientId: number): Promise<number> {
  const found = await identity.findPeople(`BK${clientId}`);
  expect(found).toHaveLength(1);
  return found[0]!.personId;
}

describe.skipIf(!hasData)('the Berka bank', () => {
  test('is loaded whole', { timeout: 120_000 }, async () => {
    const summary = await load('berka', 'berka');
    expect(summary).toMatchObject({ rows: 72_462, rejectedRows: 0 });
    expect(summary.records).toMatchObject({ person: 5_369, event: 49_102, detail: 682 + 6_471 + 892 });
    expect(await count(`person final`)).toBe(5_369);
    expect(
      await count(`relation final where relation_type = 'disposition' and attributes['role'] = 'owner'`),
    ).toBe(4_500);
    expect(
      await count(`relation final where relation_type = 'disposition' and attributes['role'] = 'disponent'`),
    ).toBe(869);
    expect(await count('entity_bank_account final')).toBe(4_500);
    const loans = await platform.clickhouse.query<{ status: string; n: number }>(
      'select status, toUInt32(count()) as n from detail_loan final group by status order by n',
    );
    expect(loans.map((each) => each.n)).toEqual([31, 45, 203, 403]);
    expect(await count('event')).toBe(49_102);
  });

  test('a client’s 360° shows accounts, co-holders, loans, cards and the timeline', async () => {
    const [owner, disponent] = [await client(2), await client(3)];
    expect(owner).not.toBe(disponent);
    const view = await profile.personView(owner);
    expect(view.attributes.find((each) => each.name === 'gender')!.value).toBe('male');
    const account = view.relations.find((each) => each.relationType === 'disposition')!;
    expect(account).toMatchObject({ end: { type: 'bank_account', id: '2' }, attributes: { role: 'owner' } });
    expect(account.neighbours).toContainEqual(
      expect.objectContaining({
        type: 'person',
        id: String(disponent),
        attributes: expect.objectContaining({ role: 'disponent' }),
      }),
    );
    expect(account.details.filter((each) => each.type === 'loan')).toHaveLength(1);
    expect(account.details.filter((each) => each.type === 'standing_order').length).toBeGreaterThan(0);
    const woman = await profile.personView(await client(1), { open: true });
    expect(woman.attributes.find((each) => each.name === 'birth_date')!.value).toBe('1970-12-13');
    expect(woman.attributes.find((each) => each.name === 'gender')!.value).toBe('female');
    // Card 1005 is of disposition 9285, which is client 9593's.
    const [card] = await platform.clickhouse.query<{ person_id: number }>(
      `select person_id from detail_card final where detail_id = '1005'`,
    );
    const holder = await profile.personView(card!.person_id);
    expect(holder.details).toMatchObject([
      { type: 'card', detailId: '1005', fields: { kind: 'classic', issued_on: '1993-11-07' } },
    ]);
  });

  test('loading it again changes nothing', { timeout: 120_000 }, async () => {
    const summary = await load('berka', 'berka');
    expect(summary.resumed).toBe(false);
    expect(summary.records).toMatchObject({ 'duplicate event': 49_102 });
    expect(await count('event')).toBe(49_102);
    expect(await count('person final')).toBe(5_369);
    expect(await count('relation final')).toBe(5_369 * 2 + 4_500);
  });
});

describe.skipIf(!hasData)('UCI bank-full', () => {
  test('is loaded whole and counts what the file holds', { timeout: 120_000 }, async () => {
    const summary = await load('uci-bank-full', 'uci-bank-marketing');
    expect(summary).toMatchObject({ rows: 45_211, rejectedRows: 0, records: { person: 45_211 } });
    expect(await count(`person final where subscribed = 'yes'`)).toBe(5_289);
    expect(await count(`person final where job = 'management' and balance > 1000`)).toBe(3_590);
  });
});
