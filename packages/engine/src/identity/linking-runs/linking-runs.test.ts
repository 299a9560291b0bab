import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { linkingApi } from '@wutong/contract';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../../test/harness/databases.ts';
import { createTestPlatform } from '../../../test/harness/platform.ts';
import { readRecordFile } from '../../ingest/index.ts';
import { createProfile, type Profile } from '../../profile/index.ts';
import type { Platform } from '../../platform/index.ts';
import { createIdentity, type Identity } from '../index.ts';

const PATIENT = { timeout: 60_000, interval: 100 };

let databases: TestDatabases;
let platform: Platform;
let profile: Profile;
let identity: Identity;

const rooms = (): Identity =>
  createIdentity(platform, () => ({ lenders: [profile.lender], readFile: readRecordFile }));

beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  identity = rooms();
  profile = createProfile(platform, identity);
  await identity.start();
});

afterAll(async () => {
  await identity.stop();
  await platform.close();
  await databases.drop();
});

const SURNAMES = 'zhang wang li zhao chen liu yang huang wu zhou xu sun ma zhu hu guo he lin gao luo'.split(
  ' ',
);
const SYLLABLES =
  'wei fang na min jing lei qiang yan jie tao ming chao xia ping gang yu hui bo ning rui'.split(' ');

/** A person as one system wrote it down; the old system makes a typing error in every third mobile number. */
function line(person: number, isOld: boolean): string {
  const draw = (salt: number, size: number): number =>
    createHash('md5').update(`${person} ${salt}`).digest().readUInt32BE() % size;
  const pick = (list: readonly string[], salt: number): string => list[draw(salt, list.length)]!;
  const given = `${pick(SYLLABLES, 1)}${pick(SYLLABLES, 2)}`;
  const born = new Date(Date.UTC(1950, 0, 1 + draw(3, 18_000))).toISOString().slice(0, 10);
  const mobile = `13${String(100_000_000 + draw(4, 899_999_999))}`;
  const wrong =
    isOld && person % 3 === 0 ? `${mobile.slice(0, -1)}${(Number(mobile.at(-1)) + 1) % 10}` : mobile;
  return `${isOld ? 'O' : 'N'}${person},${pick(SURNAMES, 5)},${given},${born},${wrong}`;
}

async function keep(name: string, header: string, people: number[], isOld: boolean): Promise<string> {
  const text = `${header}\n${people.map((person) => line(person, isOld)).join('\n')}\n`;
  const form = { file: name, format: 'csv', encoding: 'utf-8', delimiter: ',' } as const;
  return (await identity.linking.keepFile(Readable.from([Buffer.from(text)]), form, 'li')).tableId;
}

const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i);
const OLD_HEADER = 'no,family_name,first_name,birthday,phone';
const NEW_HEADER = 'id,surname,given_name,born,mobile';
const COLUMNS = [
  { name: 'surname', columns: ['family_name', 'surname'] },
  { name: 'given_name', columns: ['first_name', 'given_name'] },
  { name: 'born', columns: ['birthday', 'born'] },
  { name: 'mobile', columns: ['phone', 'mobile'] },
];

async function settingsOf(name: string): Promise<linkingApi.LinkingSettings> {
  const old = await keep(`${name}-old.csv`, OLD_HEADER, range(0, 400), true);
  const recent = await keep(`${name}-new.csv`, NEW_HEADER, range(100, 500), false);
  return {
    name,
    tables: [
      { tableId: old, idColumn: 'no', keyType: 'login_id' },
      { tableId: recent, idColumn: 'id', keyType: 'login_id' },
    ],
    columns: COLUMNS,
    oneMatch: 'auto',
    linkAbove: 0.95,
    reviewAbove: 0.5,
  };
}

async function reach(runId: string, state: linkingApi.LinkingRun['state']): Promise<linkingApi.LinkingRun> {
  return vi.waitFor(async () => {
    const { run } = await identity.linking.read(runId, 'en');
    expect(run.state, run.error?.message).toBe(state);
    return run;
  }, PATIENT);
}

const personOf = async (key: string): Promise<number> => (await identity.findPeople(key))[0]!.personId;

describe('linking runs', () => {
  it('previews, compares, applies once, and takes back', async () => {
    const settings = await settingsOf('first');
    const preview = await identity.linking.preview({ ...settings, estimate: true });
    expect(preview.columns.map(({ kind }) => kind)).toEqual(['name', 'name', 'date', 'code']);
    expect(preview.records).toBe(900);
    const above = (bins: readonly linkingApi.WeightBin[], weight: number): number =>
      bins.filter((bin) => bin.weight >= weight).reduce((sum, bin) => sum + bin.pairs, 0);
    expect(above(preview.bins, 4)).toBeGreaterThan(280);

    const runId = await identity.linking.start(settings, 'li');
    const compared = await reach(runId, 'compared');
    expect(compared).toMatchObject({ records: 900, hasPairs: true, attempts: 1, hasOneMatch: true });
    const { bins, comparisons } = await identity.linking.read(runId, 'en');
    expect(above(bins, 4)).toBeGreaterThan(280);
    expect(comparisons[0]!.levels[0]).toMatchObject({ label: 'equal', m: expect.any(Number) });
    const [pair] = await identity.linking.pairs(runId, { from: 4, to: 200, limit: 5 }, false);
    expect(pair!.evidence[3]!.left).toMatch(/^13\*+\d\d$/);
    const [opened] = await identity.linking.pairs(runId, { from: 4, to: 200, limit: 5 }, true);
    expect(opened!.evidence[3]!.left).toMatch(/^13\d{9}$/);

    expect(await identity.findPeople('O150')).toEqual([]);
    await identity.linking.apply(runId, { linkAbove: 0.95, reviewAbove: 0.5 }, 'li');
    const applied = await reach(runId, 'applied');
    expect(applied.outcome!.linked).toBeGreaterThan(280);
    expect(applied.outcome).toMatchObject({ together: 0, refused: 0, withdrawn: 0 });
    expect(await personOf('O150')).toBe(await personOf('N150'));

    // The same again, in a run of its own: nothing is said twice.
    const again = await identity.linking.start({ ...settings, name: 'again' }, 'li');
    await reach(again, 'compared');
    await identity.linking.apply(again, { linkAbove: 0.95, reviewAbove: 0.5 }, 'li');
    const second = await reach(again, 'applied');
    expect(second.outcome).toMatchObject({ linked: 0, together: applied.outcome!.linked });

    await identity.linking.withdraw(runId, 'wrong file', 'li');
    const withdrawn = await reach(runId, 'withdrawn');
    expect(withdrawn.outcome).toMatchObject({ linked: 0, withdrawn: applied.outcome!.linked });
    expect(await personOf('O150')).not.toBe(await personOf('N150'));
    expect(await identity.refoldAll({ repair: false })).toMatchObject({ mergedPersons: 0, splitPersons: 0 });
  }, 180_000);

  it('sends pairs between the thresholds to review, and leaves what others say of the same keys', async () => {
    const runId = await identity.linking.start(await settingsOf('second'), 'li');
    await reach(runId, 'compared');
    await platform.database.transaction((transaction) =>
      identity.resolve(transaction, [
        {
          link: 'bind',
          keys: ['O160', 'N160'].map((value) => ({ type: 'login_id', value })),
          at: platform.clock.now(),
          sourceId: 'core',
          messageId: 'one',
        },
      ]),
    );
    await identity.linking.apply(runId, { linkAbove: 1, reviewAbove: 0.5 }, 'li');
    const applied = await reach(runId, 'applied');
    expect(applied.outcome!.queued).toBeGreaterThan(280);
    await identity.linking.apply(runId, { linkAbove: 0.95, reviewAbove: 0.5 }, 'li');
    await vi.waitFor(async () => {
      const { run } = await identity.linking.read(runId, 'en');
      expect(run.outcome!.linked).toBeGreaterThan(280);
      expect(run.state).toBe('applied');
      // What was to be reviewed is one person now.
      expect(run.outcome!.queued).toBeLessThan(20);
    }, PATIENT);
    await identity.linking.withdraw(runId, 'second thoughts', 'li');
    await reach(runId, 'withdrawn');
    expect(await personOf('O160')).toBe(await personOf('N160'));
    expect(await personOf('O161')).not.toBe(await personOf('N161'));
  }, 180_000);

  it('links a file with people that are there', async () => {
    await platform.database.transaction(async (transaction) => {
      const people = range(100, 300);
      const resolved = await identity.resolve(
        transaction,
        people.map((person) => ({
          link: 'none' as const,
          keys: [{ type: 'customer_number', value: `C${person}` }],
          at: platform.clock.now(),
          sourceId: 'core',
          messageId: `person-${person}`,
        })),
      );
      await profile.apply(
        transaction,
        people.map((person, index) => {
          const [, surname, given_name, born, mobile] = line(person, false).split(',');
          const { personId, keyNumber } = resolved[index]!;
          return {
            kind: 'attributes' as const,
            action: 'set' as const,
            personId,
            keyNumber,
            values: { surname, given_name, born, mobile },
            at: platform.clock.now(),
            sourceId: 'core',
            messageId: `person-${person}`,
          };
        }),
      );
    });
    const old = await keep('people-old.csv', OLD_HEADER, range(0, 400), true);
    const tables = await identity.linking.tables();
    expect(tables.map(({ tableId }) => tableId)).toEqual(
      expect.arrayContaining([old, 'people:*', 'people:core']),
    );
    const runId = await identity.linking.start(
      {
        name: 'people',
        tables: [{ tableId: old, idColumn: 'no', keyType: 'account' }, { tableId: 'people:core' }],
        columns: COLUMNS,
        oneMatch: 'auto',
        linkAbove: 0.95,
        reviewAbove: 0.5,
      },
      'li',
    );
    await reach(runId, 'compared');
    await identity.linking.apply(runId, { linkAbove: 0.95, reviewAbove: 0.5 }, 'li');
    expect((await reach(runId, 'applied')).outcome!.linked).toBeGreaterThan(280);
    const account = (await identity.findPeople('O170')).find(({ matched }) => matched.type === 'account');
    expect(account!.personId).toBe(await personOf('C170'));
  }, 180_000);

  it('takes a record to have one match at most where the lists say so, or where somebody does', async () => {
    const settings = await settingsOf('rivals');
    // The recent list has a second row for some people: a copy under another id.
    const doubled = `${NEW_HEADER}\n${range(100, 500)
      .flatMap((person) => [
        line(person, false),
        ...(person % 2 ? [] : [line(person, false).replace('N', 'M')]),
      ])
      .join('\n')}\n`;
    const form = { file: 'doubled.csv', format: 'csv', encoding: 'utf-8', delimiter: ',' } as const;
    const { tableId } = await identity.linking.keepFile(Readable.from([Buffer.from(doubled)]), form, 'li');
    const tables = [settings.tables[0]!, { ...settings.tables[1]!, tableId }];
    const linkedWith = async (
      changes: Partial<linkingApi.LinkingSettings>,
    ): Promise<{ hasOneMatch: boolean | undefined; atLink: number }> => {
      const runId = await identity.linking.start({ ...settings, ...changes }, 'li');
      const { hasOneMatch, atLink = 0 } = await reach(runId, 'compared');
      return { hasOneMatch, atLink };
    };
    const told = await linkedWith({ tables });
    expect(told.hasOneMatch).toBe(false);
    // 300 people stand in both lists, 150 of them twice in the second.
    expect(told.atLink).toBeGreaterThan(400);
    const always = await linkedWith({ tables, oneMatch: 'always' });
    expect(always.hasOneMatch).toBe(true);
    // Of two rows that are the same neither is sure.
    expect(always.atLink).toBeLessThan(160);
    const preview = await identity.linking.preview({ ...settings, oneMatch: 'never', estimate: true });
    expect(preview.hasOneMatch).toBe(false);
    await expect(
      identity.linking.start({ ...settings, tables: tables.slice(0, 1), oneMatch: 'always' }, 'li'),
    ).rejects.toMatchObject({ details: { reason: 'one match at most needs two tables' } });
  }, 180_000);

  it('allows one run at a time, stops, and says what is wrong with a table', async () => {
    const settings = await settingsOf('third');
    const runId = await identity.linking.start(settings, 'li');
    await expect(identity.linking.start(settings, 'li')).rejects.toThrow('linking_busy');
    await identity.linking.stopRun(runId, 'li');
    await vi.waitFor(async () => {
      expect(['stopped', 'compared']).toContain((await identity.linking.read(runId, 'en')).run.state);
    }, PATIENT);
    const [old] = settings.tables;
    const start = (changes: object): Promise<string> =>
      identity.linking.start({ ...settings, tables: [{ ...old!, ...changes }] }, 'li');
    await expect(start({ tableId: 'file:gone' })).rejects.toThrow('record_table_not_found');
    await expect(start({ keyType: 'fax' })).rejects.toThrow('key_type_not_found');
    await expect(start({ idColumn: 'nothing' })).rejects.toThrow('linking_input_invalid');
    const repeated = await identity.linking.start(
      {
        ...settings,
        tables: [{ ...old!, idColumn: 'family_name' }],
        columns: [{ name: 'n', columns: ['no'] }],
      },
      'li',
    );
    const failed = await reach(repeated, 'failed');
    expect(failed.error!.message).toContain('records whose id another one has');
    await identity.linking.deleteFile(old!.tableId, 'li');
    await expect(identity.linking.deleteFile(old!.tableId, 'li')).rejects.toThrow('record_table_not_found');
  }, 180_000);

  it('goes on with a run that a process left, and gives one up that kills it', async () => {
    await identity.stop();
    const settings = await settingsOf('left');
    const leave = async (attempts: number): Promise<string> => {
      const runId = await identity.linking.start(settings, 'li');
      await platform.database.execute(
        "update identity.linking_run set state = 'running', step = 'comparing', attempts = $2 where run_id = $1",
        [runId, attempts],
      );
      identity = rooms();
      await identity.start();
      return runId;
    };
    expect(await reach(await leave(1), 'compared')).toMatchObject({ attempts: 2 });
    await identity.stop();
    expect((await reach(await leave(3), 'failed')).error!.code).toBe('linking_interrupted');
  }, 180_000);
});
