import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../test/harness/databases.ts';
import { createTestPlatform, TEST_START_MS } from '../../test/harness/platform.ts';
import { createIdentity, type Identity } from '../identity/index.ts';
import type { ManualClock, Platform } from '../platform/index.ts';
import { createProfile, type Profile } from '../profile/index.ts';
import { createDecision, type Decision, type JudgeRequest, type Verdict } from './index.ts';

const DAY_MS = 86_400_000;
let databases: TestDatabases;
let platform: Platform & { clock: ManualClock };
let identity: Identity;
let profile: Profile;
let decision: Decision;
let numbers = 0;

beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  identity = createIdentity(platform);
  profile = createProfile(platform, identity);
  decision = createDecision(platform, { identity, profile });
  await identity.start();
  await profile.start();
  await profile.declare({
    purposes: [{ purpose: 'marketing', version: 1, title: { en: 'Marketing', zh: '营销' } }],
  });
});

afterAll(async () => {
  await profile.stop();
  await identity.stop();
  await platform.close();
  await databases.drop();
});

interface Made {
  attributes?: Record<string, unknown>;
  consents?: string[];
  mobile?: boolean;
  /** Known by a cookie only. */
  anonymous?: boolean;
}

async function person(made: Made = {}): Promise<{ personId: number; keyNumber: number }> {
  const number = numbers++;
  const at = TEST_START_MS - DAY_MS;
  return platform.database.transaction(async (transaction) => {
    const keys = [
      made.anonymous
        ? { type: 'cookie', value: `cookie-${number}` }
        : { type: 'customer_number', value: `C${number}` },
    ];
    if (made.mobile !== false && !made.anonymous)
      keys.push({ type: 'mobile', value: String(13_012_345_000 + number) });
    const [resolution] = await identity.resolve(transaction, [
      { keys, link: 'bind', at, sourceId: 'test', messageId: `p${number}` },
    ]);
    const from = { ...resolution!, at, sourceId: 'test' };
    await profile.apply(transaction, [
      { kind: 'attributes', action: 'set', values: made.attributes ?? {}, messageId: `a${number}`, ...from },
      ...(made.consents ?? ['sms']).map((channel) => ({
        kind: 'consent' as const,
        purpose: 'marketing',
        channel,
        granted: true,
        messageId: `c${channel}${number}`,
        ...from,
      })),
    ]);
    return resolution!;
  });
}

const sms = (personId: number, more: Partial<JudgeRequest> = {}): JudgeRequest => ({
  personId,
  channel: 'sms',
  purpose: 'marketing',
  ...more,
});
const judge = (...requests: JudgeRequest[]): Promise<Verdict[]> =>
  platform.database.transaction((transaction) => decision.judge(transaction, requests));
const said = (verdict: Verdict | undefined): string =>
  verdict?.kind === 'refuse' ? verdict.reason : (verdict?.kind ?? 'nothing');

describe('judge', () => {
  it('allows who consented and has an address, and counts', async () => {
    const { personId } = await person();
    expect((await judge(sms(personId))).map(said)).toEqual(['allow']);
    expect((await judge(sms(personId))).map(said)).toEqual(['daily_cap']);
  });

  it('refuses without consent, after withdrawal, and by opt-out; service messages go', async () => {
    const { personId: silent } = await person({ consents: [] });
    const withdrawn = await person();
    const optedOut = await person();
    const at = platform.clock.now();
    const from = { at, sourceId: 'test' };
    await platform.database.transaction(async (transaction) => {
      await profile.apply(transaction, [
        {
          kind: 'consent',
          purpose: 'marketing',
          channel: 'sms',
          granted: false,
          messageId: 'withdraw',
          ...withdrawn,
          ...from,
        },
      ]);
      await profile.suppress(transaction, [
        {
          scope: 'person',
          channel: '*',
          purpose: 'marketing',
          reason: 'opted_out',
          messageId: 'opt-out',
          ...optedOut,
          ...from,
        },
      ]);
    });
    const verdicts = await judge(
      sms(silent),
      sms(withdrawn.personId),
      sms(optedOut.personId),
      sms(optedOut.personId, { purpose: 'service' }),
    );
    expect(verdicts.map(said)).toEqual(['no_consent', 'no_consent', 'opted_out', 'allow']);
    const again = await platform.database.transaction((transaction) =>
      decision.recheck(transaction, [sms(optedOut.personId)]),
    );
    expect(again.map(said)).toEqual(['opted_out']);
  });

  it('refuses without an address and to a suppressed one', async () => {
    const { personId } = await person({ mobile: false });
    const bounced = await person();
    const address = (await identity.addressOf([bounced.personId], 'mobile')).get(bounced.personId)!;
    await platform.database.transaction((transaction) =>
      profile.suppress(transaction, [
        {
          personId: bounced.personId,
          keyNumber: address.keyNumber,
          scope: 'address',
          channel: 'sms',
          purpose: '*',
          reason: 'bounced',
          at: platform.clock.now(),
          sourceId: 'test',
          messageId: 'bounce',
        },
      ]),
    );
    const verdicts = await judge(
      sms(personId),
      sms(bounced.personId),
      sms(bounced.personId, { isTest: true }),
    );
    expect(verdicts.map(said)).toEqual(['no_address', 'suppressed_address', 'suppressed_address']);
  });

  it('judges suitability from the portrait', async () => {
    const until = (days: number): number => platform.clock.now() + days * DAY_MS;
    const fit = await person({ attributes: { risk_level: 'C3', risk_expires_at: until(30) } });
    const low = await person({ attributes: { risk_level: 'C1', risk_expires_at: until(30) } });
    const old = await person({ attributes: { risk_level: 'C5', risk_expires_at: until(-1) } });
    const policy = { riskLevels: ['R3' as const] };
    const verdicts = await judge(...[fit, low, old].map(({ personId }) => sms(personId, { policy })));
    expect(verdicts.map(said)).toEqual(['allow', 'unsuitable', 'assessment_expired']);
  });

  it('defers by night, to the morning of the person’s own zone, and counts for that day', async () => {
    const night = Date.parse('2026-03-05T23:30:00+08:00');
    platform.clock.set(night);
    const here = await person();
    const there = await person({ attributes: { time_zone: 'Asia/Urumqi' } });
    const verdicts = await judge(sms(here.personId), sms(there.personId));
    expect(verdicts).toEqual([
      { kind: 'defer', until: Date.parse('2026-03-06T08:00:00+08:00'), reason: 'quiet_hours' },
      { kind: 'defer', until: Date.parse('2026-03-06T10:00:00+08:00'), reason: 'quiet_hours' },
    ]);
    platform.clock.set(Date.parse('2026-03-06T15:00:00+08:00'));
    expect((await judge(sms(here.personId))).map(said)).toEqual(['daily_cap']);
    platform.clock.set(Date.parse('2026-03-07T15:00:00+08:00'));
    expect((await judge(sms(here.personId))).map(said)).toEqual(['allow']);
  });

  it('gives the room under a cap to the more important', async () => {
    const { personId } = await person();
    const verdicts = await judge(
      sms(personId, { policy: { priority: 10 } }),
      sms(personId, { policy: { priority: 90 } }),
    );
    expect(verdicts.map(said)).toEqual(['daily_cap', 'allow']);
  });

  it('keeps a budget exactly, however many judge at once', async () => {
    const people = await Promise.all(Array.from({ length: 40 }, () => person()));
    const policy = { messageBudget: 13 };
    const verdicts = await Promise.all(
      people.map(({ personId }) => judge(sms(personId, { strategyId: 'budgeted', policy }))),
    );
    expect(verdicts.flat().filter((verdict) => verdict.kind === 'allow')).toHaveLength(13);
    expect(verdicts.flat().filter((verdict) => said(verdict) === 'budget')).toHaveLength(27);
  });

  it('counts nothing when the transaction does not commit, and gives back what is released', async () => {
    const { personId } = await person();
    await expect(
      platform.database.transaction(async (transaction) => {
        await decision.judge(transaction, [sms(personId)]);
        throw new Error('lost');
      }),
    ).rejects.toThrow('lost');
    expect((await judge(sms(personId))).map(said)).toEqual(['allow']);
    await platform.database.transaction((transaction) =>
      decision.release(transaction, [{ personId, channel: 'sms', at: platform.clock.now() }]),
    );
    expect((await judge(sms(personId))).map(said)).toEqual(['allow']);
  });

  it('never lets concurrent judgements pass a cap', async () => {
    const people = await Promise.all(Array.from({ length: 6 }, () => person({ consents: ['sms', 'push'] })));
    const pick = fc.array(fc.nat(people.length - 1), { minLength: 1, maxLength: 12 });
    let day = 10;
    await fc.assert(
      fc.asyncProperty(fc.array(pick, { minLength: 2, maxLength: 5 }), async (batches) => {
        platform.clock.set(TEST_START_MS + (day += 10) * DAY_MS);
        const verdicts = await Promise.all(
          batches.map((batch) => judge(...batch.map((index) => sms(people[index]!.personId)))),
        );
        for (const index of people.keys()) {
          const allowed = batches.flatMap((batch, b) =>
            batch.filter((each, i) => each === index && verdicts[b]![i]!.kind === 'allow'),
          );
          const wanted = batches.flat().filter((each) => each === index).length;
          expect(allowed).toHaveLength(Math.min(1, wanted));
        }
      }),
      { numRuns: 15 },
    );
  });

  it('adds up the contacts of two who turn out to be one', async () => {
    const first = await person({ anonymous: true });
    const second = await person();
    expect((await judge(sms(second.personId))).map(said)).toEqual(['allow']);
    await platform.database.transaction((transaction) =>
      identity.resolve(transaction, [
        {
          keys: [
            { type: 'customer_number', value: `C${numbers - 1}` },
            { type: 'cookie', value: `cookie-${numbers - 2}` },
          ],
          link: 'bind',
          at: platform.clock.now(),
          sourceId: 'test',
          messageId: 'merge',
        },
      ]),
    );
    await decision.start();
    await expect
      .poll(async () => said((await decision.foresee([sms(first.personId)]))[0]), { timeout: 10_000 })
      .toBe('daily_cap');
    await decision.stop();
  });

  it('explains rule by rule, and the policy can be changed by one editor at a time', async () => {
    const { personId } = await person({ consents: [] });
    const { verdict, rules } = await decision.explain(sms(personId), platform.clock.now());
    expect(said(verdict)).toBe('no_consent');
    expect(rules.filter((rule) => !rule.passed).map((rule) => rule.rule)).toEqual(['consent']);
  });
});
