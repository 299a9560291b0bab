import { readFile } from 'node:fs/promises';
import { formatEql, parseEql } from '@wutong/contract';
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
  await platform.clickhouse.insert('person', [{ person_id: 1, key_number: 1, version: 1, age: 40 }]);
  for (const segmentId of ['large_outflow', 'vips']) {
    await audience.importSegment({ segmentId, name: segmentId, owner: 'm1', people: people() });
  }
  await platform.database.execute(
    `insert into audience.tag (tag_id, name, description, folder, kind, value_type, version, schedule, owner, created_at, updated_at)
     values ('level', 'level', '', '', 'manual', 'text', 1, '{"every":"manual"}', 'm1', 0, 0),
            ('score', 'score', '', '', 'manual', 'number', 1, '{"every":"manual"}', 'm1', 0, 0)`,
  );
}, 60_000);
afterAll(async () => databases.drop());

async function* people(): AsyncIterable<number[]> {
  yield await Promise.resolve([1]);
}

/** Blocks of EQL, and EQL in the last column of tables. */
function examplesOf(page: string): string[] {
  const blocks = [...page.matchAll(/```eql\n([^`]+)```/g)].map((match) => match[1]!.trim());
  const cells = [...page.matchAll(/^\|.*\| `([^`]+)`\s*\|$/gm)].map((match) => match[1]!);
  return [...blocks, ...cells];
}

it('runs every example of docs/eql.md', async () => {
  const page = await readFile(new URL('../../../../docs/eql.md', import.meta.url), 'utf8');
  const examples = examplesOf(page);
  expect(examples.length).toBeGreaterThan(70);
  for (const text of examples) {
    const parsed = parseEql(text);
    expect(parsed.problem, text).toBeUndefined();
    expect(parseEql(formatEql(parsed.document!)).document, text).toEqual(parsed.document);
    if (parsed.document!.kind !== 'population') {
      expect(await audience.values({ text }, [1]), text).toBeInstanceOf(Map);
      continue;
    }
    const counted = await audience.count({ text }, ASKER);
    expect(counted.count, text).toBeLessThanOrEqual(counted.total);
  }
}, 120_000);
