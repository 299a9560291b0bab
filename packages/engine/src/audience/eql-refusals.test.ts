import { parseEql, formatEql, type Condition, type EqlDocument, type Value } from '@wutong/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../test/harness/databases.ts';
import { createTestPlatform } from '../../test/harness/platform.ts';
import { createAudience, type Asker, type Audience } from './index.ts';
import { declareTestBank, testPlan } from './interpret/test-bank.ts';

const ASKER: Asker = { userId: 'm1', permissions: new Set(['*']) };

let databases: TestDatabases;
let audience: Audience;

beforeAll(async () => {
  databases = await createTestDatabases();
  const platform = createTestPlatform(databases);
  const profile = await declareTestBank(platform);
  audience = createAudience(platform, {
    profile,
    identity: { takePersonChanges: async () => [] },
    ingest: { plan: { list: async () => testPlan() } },
  });
  await platform.clickhouse.insert('person', [
    { person_id: 1, key_number: 1, version: 1, age: 40, city: '上海' },
  ]);
}, 60_000);
afterAll(async () => databases.drop());

/** What people write by mistake: the problem's code, the column it is shown at, and what is suggested. */
type Mistake = readonly [text: string, code: string, column: number, suggestion: string | undefined];
const MISTAKES: readonly Mistake[] = [
  ['person where agee > 3', 'unknown_name', 14, 'age'],
  ['person where city = 上海', 'unknown_name', 21, "'上海'"],
  ['person where holding.amount > 2', 'unknown_name', 14, 'any holding where (amount …)'],
  ['person where event login', 'syntax', 14, 'did(event …)'],
  ['person where did(login)', 'syntax', 18, 'event login'],
  ['person where coun(event login) > 2', 'syntax', 14, 'count'],
  ["person where city like '上'", 'syntax', 19, 'contains'],
  ['person where vip && vip', 'syntax', 18, 'and'],
  ['person where aum > 10万元', 'unit_mismatch', 23, 'cny'],
  ['person where aum > 10w', 'unit_mismatch', 22, '万'],
  ["person where city in (上海, '北京')", 'unknown_name', 23, "'上海'"],
  ['person where count(event login) >= 3 in last 30 days', 'syntax', 38, 'within'],
  ['person where did(event login within 3 days)', 'syntax', 37, 'last 3'],
  ['person where sum(loan.amount) > 1', 'unknown_relation', 18, 'company.loan'],
  ['person where vip||vip', 'syntax', 17, ' or '],
  ['person where !vip', 'syntax', 14, 'not '],
  ['person where age > 3 and', 'syntax', 25, undefined],
  ["person where city = '上海", 'syntax', 21, undefined],
  ['persom where age > 3', 'unknown_name', 1, 'person'],
  ['person where did(event logn)', 'unknown_event', 24, 'login'],
  ['person where sum(event trade.amont) > 1', 'unknown_property', 30, 'amount'],
  ['person where any loan where (age > 1)', 'unknown_relation', 18, 'any company where (any loan …)'],
  ['person where aum >= 5 usd', 'unit_mismatch', 23, 'cny'],
  ["person where birth_date < '1990-13-01'", 'type_mismatch', 27, undefined],
  ["person where birth_date < '1990-02-30'", 'type_mismatch', 27, undefined],
  ['person where age > 30 days ago', 'type_mismatch', 14, undefined],
  ['person where hour(birth_date) = 3', 'type_mismatch', 19, undefined],
  ["person where real_name contains '张'", 'encrypted_attribute', 14, undefined],
  ["person where city in '上海'", 'type_mismatch', 22, "('上海')"],
  ['person where vip in true', 'type_mismatch', 21, '(true)'],
  ['person where managed_by = $nobody', 'unknown_parameter', 27, undefined],
  ["person where consents('marketting', 'sms')", 'unknown_purpose', 24, 'marketing'],
  ["person where consents('nope', 'sms')", 'unknown_purpose', 24, undefined],
  ["person where consents('marketing', 'smss')", 'unknown_channel', 37, 'sms'],
  ["person where '1990-13-01' < 30 years ago", 'type_mismatch', 14, undefined],
  ['person where city < 30 years ago', 'type_mismatch', 14, undefined],
  ['person where birth_date > 1990', 'type_mismatch', 14, 'year(birth_date) > 1990'],
  ['person where 1990 < birth_date', 'type_mismatch', 14, '1990 < year(birth_date)'],
  ['person where birth_date >= 30', 'type_mismatch', 14, 'years_since(birth_date) >= 30'],
  ['person where birth_date > 19900101', 'type_mismatch', 14, "birth_date > date '1990-01-01'"],
  ['person where opened_at = 2025 and vip', 'type_mismatch', 14, 'year(opened_at) = 2025'],
  [
    'person where birth_date between 1980 and 1990',
    'type_mismatch',
    14,
    'year(birth_date) between 1980 and 1990',
  ],
  ["person where birth_date > '1990/3/1'", 'type_mismatch', 27, "'1990-03-01'"],
  ["person where birth_date > '1990年3月1日'", 'type_mismatch', 27, "'1990-03-01'"],
  ["person where birth_date > '1990'", 'type_mismatch', 27, "'1990-01-01'"],
  ["person where aum > '500000'", 'type_mismatch', 14, 'aum > 500000'],
  ['person where city = 3', 'type_mismatch', 14, "city = '3'"],
  ['person where percentile(aum) >= 90', 'type_mismatch', 33, '0.9'],
  ['person where managed_by = $viewr', 'unknown_parameter', 27, '$viewer'],
  ['person where managed_by.brnch != city', 'unknown_name', 25, 'branch'],
  ['person where any holding where (product.knd != product.kind)', 'unknown_name', 41, 'kind'],
  ["person where count(login where channel = 'app') > 3", 'unknown_relation', 20, 'event login'],
  ['person where sum(event trade.`amo nt`) > 1', 'unknown_property', 30, 'amount'],
  [
    'person where active_share(event login) > 0.5',
    'bad_window',
    14,
    'active_share(event login within last 12 weeks)',
  ],
  ['person where distinct(company.loan.status) > 1', 'not_allowed_here', 14, 'any company where (…)'],
];

it.each(MISTAKES)(
  'says where %s is wrong, why, and what was meant',
  async (text, code, column, suggestion) => {
    const { problems } = await audience.check({ text }, ASKER);
    expect(problems[0]).toMatchObject({ code, position: { column } });
    expect(problems[0]?.suggestion).toBe(suggestion);
    expect(problems[0]?.en).toMatch(/^[“A-Z]/);
    expect(problems[0]?.zh).toMatch(/\p{Script=Han}/u);
    // The console puts it there by one click: what is no pattern to fill in must then be right.
    if (suggestion === undefined || suggestion.includes('…')) return;
    const { offset, length } = problems[0]!.position!;
    const mended = text.slice(0, offset) + suggestion + text.slice(offset + length);
    expect((await audience.check({ text: mended }, ASKER)).problems, mended).toEqual([]);
  },
);

const many = (amount: number, part: string, joint: string): string => Array(amount).fill(part).join(joint);

/** What is meant to hurt: refused with a code, and by reading alone. */
const ATTACKS: Readonly<Record<string, readonly [text: string, code: string]>> = {
  parentheses: [`person where ${'('.repeat(9_000)}vip${')'.repeat(9_000)}`, 'too_large'],
  negations: [`person where ${'not '.repeat(4_000)}vip`, 'too_large'],
  signs: [`person where age > ${'- '.repeat(4_000)}1`, 'too_large'],
  sums: [`person where age > ${many(5_000, '1', '+')}`, 'too_large'],
  length: [`person where city = '${'x'.repeat(30_000)}'`, 'too_large'],
  'parts of an and': [`person where ${many(201, 'vip', ' and ')}`, 'too_large'],
  'items of a list': [`person where age in (${many(1_001, '1', ',')})`, 'too_large'],
  'steps of a sequence': [`person where sequence(${many(17, 'event login', ' then ')})`, 'too_large'],
  tiers: [`tier { ${many(101, "'a' when vip", ' ')} }`, 'too_large'],
  'nested repetitions': ["person where city matches '((((a{100}){100}){100}){100})'", 'bad_pattern'],
  'many repetitions': [`person where city matches '${'(a?){90}'.repeat(20)}'`, 'bad_pattern'],
  'back-references': ["person where city matches '(a)\\1'", 'bad_pattern'],
  'look-around': ["person where city matches '(?=a)b'", 'bad_pattern'],
  'strange escapes': ["person where city matches '\\cA'", 'bad_pattern'],
  'strange classes': ["person where city matches '\\p{Script=Han}'", 'bad_pattern'],
  'minutes of ten years': [
    'person where active_share(event login within last 5256000 minutes) > 0',
    'bad_window',
  ],
  years: ['person where did(event login within last 99999 years)', 'bad_window'],
  'trading days': ['person where did(event login within last 99999 trading days)', 'bad_window'],
  ages: ['person where did(event login within since 90000 years ago)', 'bad_window'],
  'a zone the engine does not know': ["person in time zone 'US/Pacific-New'", 'bad_time_zone'],
  'SQL in a zone': ["person in time zone 'UTC'') or 1=1 --'", 'bad_time_zone'],
};

it.each(Object.entries(ATTACKS))('refuses too many or too strange: %s', async (_, [text, code]) => {
  const { problems } = await audience.check({ text }, ASKER);
  expect(problems.map((problem) => problem.code)).toEqual([code]);
});

it('refuses ten years of hours by their cost', async () => {
  const text = 'person where active_share(event login within last 87600 hours) > 0.5';
  await expect(audience.count({ text }, ASKER)).rejects.toMatchObject({ code: 'eql_too_expensive' });
});

const LISTS: Record<string, EqlDocument> = (() => {
  const list: Value = { kind: 'list', items: [{ kind: 'text', value: '北京' }] };
  const city: Value = { kind: 'attribute', path: ['city'] };
  const where = (condition: Condition): EqlDocument => ({
    kind: 'population',
    of: 'person',
    where: condition,
  });
  return {
    'compared with a text': where({ kind: 'compare', operator: '=', left: list, right: city }),
    'compared with its like': where({ kind: 'compare', operator: '!=', left: city, right: list }),
    'between its likes': where({ kind: 'between', value: list, low: list, high: list }),
    'asked for letters': where({ kind: 'text', operator: 'contains', value: list, pattern: list }),
    'asked for in a list': where({ kind: 'oneOf', value: list, list }),
    missing: where({ kind: 'missing', value: list }),
    'calculated with': {
      kind: 'value',
      value: { kind: 'call', function: 'length', value: list },
    },
    'with nothing in it': where({ kind: 'oneOf', value: city, list: { kind: 'list', items: [] } }),
  };
})();

it.each(Object.entries(LISTS))('refuses a list that no text can write: %s', async (_, document) => {
  const { problems } = await audience.check({ document }, ASKER);
  expect(problems.map((problem) => problem.code)).toEqual(['not_allowed_here']);
});

it('takes a document only within the bounds that text has', async () => {
  let deep = '1';
  for (let level = 0; level < 100_000; level++) deep = `{"kind":"not","item":${deep}}`;
  const document = JSON.parse(`{"kind":"population","of":"person","where":${deep}}`) as EqlDocument;
  const { problems } = await audience.check({ document }, ASKER);
  expect(problems[0]?.code).toBe('syntax');
});

const INJECTIONS = [
  "'; drop table person; --",
  "' or 1=1 --",
  "\\'",
  '{p0:String}',
  '%s',
  '$x',
  '‮',
  '\ud800',
  'a\\',
];
const NAMES = [
  'person where `X` = 1',
  '`X` where age > 1',
  'person where did(event `X`)',
  'person where count(event login.`X`) > 1',
  'person where did(event login where `X` = 1)',
  'person where any `X` where (age = 1)',
  'person where any company via `X`',
  'person where tag `X` = 1',
  'person where in segment `X`',
  'person where aum > 1 `X`',
  'person where sequence(event view_product then event purchase same `X`)',
];

it('takes SQL in a text for a text, and SQL in a name for an unknown name', async () => {
  for (const injection of INJECTIONS) {
    const quoted = injection.replaceAll("'", "''");
    const text = `person where city = '${quoted}' or city contains '${quoted}x'`;
    expect(await audience.count({ text }, ASKER), injection).toMatchObject({ count: 0, total: 1 });
    const consent = await audience.check({ text: `person where consents('${quoted}', 'sms')` }, ASKER);
    expect(consent.problems, injection).toMatchObject([{ code: 'unknown_purpose' }]);
    for (const name of NAMES) {
      const { problems } = await audience.check({ text: name.replace('X', () => injection) }, ASKER);
      expect(problems, `${name} ${injection}`).toHaveLength(1);
    }
  }
});

it('reads patterns with classes of letters', async () => {
  const count = async (pattern: string): Promise<number> =>
    (await audience.count({ text: `person where city matches '${pattern}'` }, ASKER)).count;
  expect(await count('^\\p{Han}{2}$')).toBe(1);
  expect(await count('^\\P{Han}+$')).toBe(0);
  expect(await count('(a+)+$')).toBe(0);
});

it('reads what other languages and Chinese keyboards write, and writes it in one form', () => {
  const parsed = parseEql('person where city == “上海” and age ≥ 30 and city in (\'a\'、"b") and aum ≠ 3');
  expect(parsed.problem).toBeUndefined();
  expect(formatEql(parsed.document!)).toBe(
    "person where\n  city = '上海'\n  and age >= 30\n  and city in ('a', 'b')\n  and aum != 3",
  );
  const wide =
    'person where （age ＞＝ ３０ or aum ！＝ １．５万） and city in （＇ａ１＇， ＂Ｂ，＂） and did(event login within last ７ days)';
  const narrow = parseEql(wide);
  expect(narrow.problem).toBeUndefined();
  // Texts and names keep what they hold.
  expect(formatEql(narrow.document!)).toBe(
    "person where\n  (age >= 30 or aum != 15000)\n  and city in ('ａ１', 'Ｂ，')\n  and did(event login within last 7 days)",
  );
  expect(parseEql('person where tag 等级１ = 1').document).toMatchObject({
    where: { left: { tag: '等级１' } },
  });
  expect(parseEql('person where age ＞ ３ ＆ vip').problem).toMatchObject({
    position: { column: 22 },
    suggestion: 'and',
  });
});
