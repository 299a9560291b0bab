import { sequenceRequestSchema, type SequenceAnswer } from '@wutong/contract';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../../test/harness/databases.ts';
import { createTestPlatform, TEST_START_MS } from '../../../test/harness/platform.ts';
import type { Platform } from '../../platform/index.ts';
import { insertEvents, testNeeds } from '../insight-world.ts';
import { analyseSequence } from './sequence.ts';

let databases: TestDatabases;
let platform: Platform;
beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  // 4 is 2 since.
  await platform.clickhouse.insert('identity_override', [{ key_number: 4, person_id: 2, version: 1 }]);
});
afterAll(async () => {
  await platform?.close();
  await databases?.drop();
});

const MINUTE_MS = 60_000;
const MINUTES = 60;

interface Did {
  readonly person: number;
  readonly event: string;
  readonly minute: number;
}

/** Slow and obvious: what people did (given by time, then id), the newest of it, cut where nothing happens for longer than the gap. */
function sequencesOf(
  did: readonly Did[],
  asked: { names: readonly string[]; gap: number; most: number },
): { personId: number; events: number; sessions: [event: string, minute: number][][] }[] {
  return [1, 2, 3].flatMap((personId) => {
    const own = did
      .filter(({ person, minute }) => (person === 4 ? 2 : person) === personId && minute < MINUTES)
      .filter(({ event }) =>
        asked.names.length === 0 ? !event.startsWith('$') : asked.names.includes(event),
      );
    const sessions: [string, number][][] = [];
    for (const { event, minute } of own.slice(-asked.most)) {
      const last = sessions.at(-1)?.at(-1);
      if (last && minute - last[1] <= asked.gap) sessions.at(-1)!.push([event, minute]);
      else sessions.push([[event, minute]]);
    }
    return own.length === 0 ? [] : [{ personId, events: own.length, sessions }];
  });
}

test('what single people did, as a calculation on paper has it, page by page', async () => {
  const did = fc.record({
    person: fc.integer({ min: 1, max: 4 }),
    event: fc.constantFrom('open', 'buy', 'ask', '$message_sent'),
    minute: fc.integer({ min: 0, max: MINUTES + 5 }),
  });
  const asked = fc.record({
    names: fc.constantFrom<string[]>([], ['open', 'ask'], ['buy', '$message_sent']),
    gap: fc.integer({ min: 1, max: 15 }),
    most: fc.integer({ min: 1, max: 12 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(did, { maxLength: 40 }), asked, async (all, { names, gap, most }) => {
      await platform.clickhouse.command('truncate table event');
      const events = all.map(({ person, event, minute }) => ({
        person,
        event,
        time: TEST_START_MS + minute * MINUTE_MS,
      }));
      if (events.length > 0) await insertEvents(platform, events);
      const inOrder = await platform.clickhouse.query<Did>(
        `select person_id as person, event, intDiv(toUnixTimestamp64Milli(time) - ${TEST_START_MS}, ${MINUTE_MS}) as minute
         from event order by time, event_id`,
      );
      const people: SequenceAnswer['people'] = [];
      for (let after: number | undefined, isFirst = true; isFirst || after !== undefined; isFirst = false) {
        const page = await analyseSequence(
          { platform, needs: testNeeds({}) },
          sequenceRequestSchema.parse({
            period: {
              from: new Date(TEST_START_MS).toISOString(),
              to: new Date(TEST_START_MS + MINUTES * MINUTE_MS).toISOString(),
            },
            events: names.map((event) => ({ event })),
            gapMs: gap * MINUTE_MS,
            eventsPerPerson: most,
            limit: 2,
            ...(after === undefined ? {} : { afterPersonId: after }),
          }),
        );
        people.push(...page.people);
        after = page.nextAfterPersonId;
      }
      const shown = people.map(({ personId, events: count, sessions }) => ({
        personId,
        events: count,
        sessions: sessions.map((session) =>
          session.events.map(({ event, at }) => [event, (Date.parse(at) - TEST_START_MS) / MINUTE_MS]),
        ),
      }));
      expect(shown).toEqual(sequencesOf(inOrder, { names, gap, most }));
      for (const { sessions } of people)
        for (const { from, to, events: own } of sessions)
          expect([from, to]).toEqual([own[0]!.at, own.at(-1)!.at]);
    }),
    { numRuns: 15 },
  );
});
