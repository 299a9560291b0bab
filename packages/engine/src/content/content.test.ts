import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../test/harness/databases.ts';
import { createTestPlatform } from '../../test/harness/platform.ts';
import { checkVariants, DEFAULT_FORBIDDEN_WORDS, findForbiddenWord } from './check-content.ts';
import { createContent, countSegments, splitSegments, type Content, type ContentVersion } from './index.ts';
import { createTemplateRenderer } from './render-template.ts';
import { manualClock } from '../platform/index.ts';

const renderer = createTemplateRenderer(manualClock(Date.UTC(2026, 2, 2, 16, 30)), 'Asia/Shanghai');
const rules = { forbiddenWords: DEFAULT_FORBIDDEN_WORDS, personAttributes: new Set(['name']) };

describe('SMS parts', () => {
  test.each([
    ['a'.repeat(160), 'gsm7', 1],
    ['a'.repeat(161), 'gsm7', 2],
    ['a'.repeat(306), 'gsm7', 2],
    ['a'.repeat(307), 'gsm7', 3],
    ['€'.repeat(80), 'gsm7', 1],
    ['€'.repeat(81), 'gsm7', 2],
    ['中'.repeat(70), 'ucs2', 1],
    ['中'.repeat(71), 'ucs2', 2],
    ['中'.repeat(134), 'ucs2', 2],
    ['中'.repeat(135), 'ucs2', 3],
  ] as const)('%#: %s…', (text, encoding, segments) =>
    expect(countSegments(text)).toMatchObject({ encoding, segments }),
  );

  test('a character outside the basic plane is never cut in two', () => {
    const parts = splitSegments(`${'中'.repeat(66)}😀${'文'.repeat(20)}`);
    expect(parts[0]).toHaveLength(66);
    expect(parts[1]!.startsWith('😀')).toBe(true);
  });
});

describe('rules of texts', () => {
  const codes = (text: string, purpose: 'marketing' | 'service' = 'marketing'): string[] =>
    checkVariants({ sms: { text } }, purpose, rules, renderer).map((problem) => problem.code);

  test.each<[string, string[]]>([
    ['【梧桐银行】新品上线，拒收请回复R', []],
    ['【梧桐银行】新品上线，退订回T', []],
    ['【梧桐银行】新品上线，拒收请回复TD。', []],
    ['新品上线，拒收请回复R', ['signature_missing']],
    ['新品上线【梧桐银行】拒收请回复R', ['signature_not_at_start']],
    ['【梧桐银行】【理财】新品，拒收请回复R', ['signature_repeated']],
    ['【梧桐银行】新品上线', ['opt_out_missing']],
    ['【梧桐银行】保 本 理财，拒收请回复R', ['forbidden_word']],
    ['【梧桐银行】非保本浮动收益，拒收请回复R', []],
    ['【梧桐银行】{{ person.nmae }}，拒收请回复R', ['unknown_variable']],
    ['【梧桐银行】{{ person.name ，拒收请回复R', ['template_error']],
  ])('%s', (text, expected) => expect(codes(text)).toEqual(expected));

  test('a service message needs no opt-out', () =>
    expect(codes('【梧桐银行】您的账单已出', 'service')).toEqual([]));

  test.each([
    ['保本', true],
    ['保-本', true],
    ['保　本', true],
    ['不保本', false],
    ['非保本，但别家保本', true],
  ])('%s promises: %s', (text, expected) =>
    expect(findForbiddenWord(text, DEFAULT_FORBIDDEN_WORDS) !== undefined).toBe(expected),
  );
});

describe('templates', () => {
  test.each([
    ['{{ person.name }}', { person: { name: '张三' } }, '张三'],
    ['{{ amount | yuan }}', { amount: 1234.5 }, '1,234.50'],
    ['{{ amount | wan }}万', { amount: 125_000 }, '12.5万'],
    ['{{ rate | percent }}', { rate: 0.0325 }, '3.25%'],
    ['{{ card | tail }}', { card: '6222000011112222' }, '2222'],
    ["{{ 'now' | date: '%Y-%m-%d' }}", {}, '2026-03-03'],
    ["{{ person.title | default: '客户' }}", { person: {} }, '客户'],
  ])('%s', (template, context, expected) => expect(renderer.render(template, context)).toBe(expected));

  test.each([
    ['{{ person.name }}', 'a missing value'],
    ['{{ x | no_such_filter }}', 'an unknown filter'],
    ['{% for i in (1..1000000000) %}x{% endfor %}', 'a runaway loop'],
    ["{% include '/etc/passwd' %}", 'a file'],
    ['{{ person.constructor.name }}', 'a prototype'],
  ])('%s is refused', (template) => expect(() => renderer.render(template, { person: {}, x: 1 })).toThrow());

  test('values are escaped where they stand', () => {
    const context = { name: '"<b>"' };
    expect(renderer.render('{{ name }}', context, 'html')).toBe('&#34;&lt;b&gt;&#34;');
    expect(JSON.parse(renderer.render('{"n": "{{ name }}"}', context, 'json'))).toEqual({ n: '"<b>"' });
  });
});

describe('versions', () => {
  let databases: TestDatabases;
  let platform: ReturnType<typeof createTestPlatform>;
  let content: Content;
  beforeAll(async () => {
    databases = await createTestDatabases();
    platform = createTestPlatform(databases);
    content = createContent(platform, {
      personContext: async () => new Map([[7, { name: '张三' }]]),
      personAttributes: async () => new Set(['name']),
    });
  });
  afterAll(async () => {
    await platform?.close();
    await databases?.drop();
  });

  const write = (text: string): Promise<ContentVersion> =>
    platform.database.transaction((transaction) =>
      content.create(transaction, {
        contentId: 'renewal',
        name: '续接',
        purpose: 'marketing',
        variants: { sms: { text } },
        actor: 'maker',
      }),
    );
  const approve = (version: number, hash: string): Promise<ContentVersion> =>
    platform.database.transaction((transaction) =>
      content.approve(transaction, { contentId: 'renewal', version, hash, actor: 'checker' }),
    );

  test('approval names the hash; what was approved never changes', async () => {
    const first = await write('【梧桐银行】{{ person.name }} 您好，拒收请回复R');
    expect((await write('【梧桐银行】{{ person.name }} 您好，拒收请回复R')).version).toBe(first.version);
    await expect(approve(first.version, '0'.repeat(64))).rejects.toMatchObject({
      code: 'content_hash_differs',
    });
    expect((await approve(first.version, first.hash)).state).toBe('approved');
    const second = await write('【梧桐银行】保本理财，拒收请回复R');
    await expect(approve(second.version, second.hash)).rejects.toMatchObject({
      code: 'content_has_problems',
    });
    expect((await content.approvedVersion('renewal'))!.version).toBe(first.version);
    await expect(
      platform.database.execute("update content.version set variants = '{}' where content_id = 'renewal'"),
    ).rejects.toThrow('never change');
  });

  test('forbidden words are found with the values in place too', async () => {
    const version = (await content.approvedVersion('renewal'))!;
    expect(content.render(version, 'sms', { person: { name: '张三' } }).fields.text).toContain('张三');
    expect(() => content.render(version, 'sms', { person: { name: '稳赚' } })).toThrow(
      'content_has_problems',
    );
    expect(() => content.render(version, 'push', {})).toThrow('content_channel_missing');
  });

  test('a preview shows a person’s texts and counts the parts', async () => {
    const { previews } = await content.preview({
      variants: {
        sms: { text: '【梧桐银行】{{ person.name }} {{ link }} 拒收请回复R', link: 'https://bank.example/' },
      },
      purpose: 'marketing',
      personId: 7,
    });
    expect(previews[0]).toMatchObject({ channel: 'sms', segments: 1, encoding: 'ucs2', problems: [] });
    expect(previews[0]!.fields.text).toContain('张三 https://');
  });
});
