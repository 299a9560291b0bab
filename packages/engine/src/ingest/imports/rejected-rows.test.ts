import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  ask,
  attributesOf,
  customer,
  directory,
  EVENTS,
  eventsOf,
  ledgerOf,
  list,
  load,
  mappingOf,
  open,
  PEOPLE,
  platform,
  readImport,
  repair,
  replay,
  room,
  rowsOf,
  title,
  withImports,
  type Records,
  type Rejected,
  type Replayed,
} from '../../../test/harness/rejected-imports.ts';
import { replayable } from '../rejected-store.ts';
import { createRejectedRows } from './replay-rows.ts';
import { runImport } from './run-import.ts';

withImports();

describe('a rejected row', () => {
  test('is opened by column, repaired and replayed as if it had been right in its file', async () => {
    const run = await load(
      mappingOf('repaired', PEOPLE),
      'id,city,score\nRA1,杭州,5\nRA2,苏州,high\n,宁波,7\n',
    );
    expect(run).toMatchObject({ rejectedRows: 2, waitingRows: 2, replayedRows: 0, records: { person: 2 } });
    const [wrong, nameless] = await rowsOf(run.importId);
    expect(wrong).toMatchObject({
      unit: 'row',
      format: 'csv',
      file: 'f',
      row: 2,
      code: 'value_type_conflict',
    });
    const opened = await open(wrong!.rejectedId);
    expect(opened).toMatchObject({ raw: '', opened: { importTitle: title } });
    expect(opened.opened.cells).toEqual([
      { column: 'id', value: 'RA2' },
      { column: 'city', value: '苏州' },
      { column: 'score', value: 'high' },
    ]);
    expect(opened.opened.problems).toMatchObject([{ record: 0, columns: ['score'] }]);
    expect((await open(nameless!.rejectedId)).opened.problems).toMatchObject([{ columns: ['id'] }]);

    expect((await repair(wrong!.rejectedId, { cells: { score: '8' } })).body.state).toBe('repaired');
    expect(await replay({ rejectedIds: [wrong!.rejectedId] })).toEqual({
      replayed: 1,
      stored: 1,
      duplicate: 0,
      rejectedAgain: 0,
      reasons: [],
      more: false,
    });
    expect(await attributesOf('RA2')).toEqual({ city: '苏州', score: 8 });
    expect(await replay({ rejectedIds: [wrong!.rejectedId] })).toMatchObject({ replayed: 0 });
    expect(await repair(wrong!.rejectedId, { cells: { score: '9' } })).toMatchObject({
      status: 409,
      body: { code: 'rejected_settled' },
    });
    expect(await readImport(run.importId)).toMatchObject({
      rejectedRows: 2,
      waitingRows: 1,
      replayedRows: 1,
    });
    const errors = await fetch(`${room.url}/api/v1/imports/${run.importId}/errors`, {
      headers: { authorization: 'Bearer token-of-administrator' },
    });
    const lines = (await errors.text()).trim().split('\r\n');
    expect(lines.slice(1)).toEqual(['f,3,1,value_type_conflict,customer_number: no key of a person,,宁波,7']);
    const discarded = await ask('POST', '/rejected/discard', { rejectedIds: [nameless!.rejectedId] });
    expect(discarded.body).toEqual({ discarded: 1 });
    expect(await readImport(run.importId)).toMatchObject({ waitingRows: 0, discardedRows: 1 });
  });

  test('that is still wrong waits on with its new reason, and others get their turn before it', async () => {
    const run = await load(mappingOf('still_bad', PEOPLE), 'id,city,score\nSB1,,low\n,,2\nSB3,,high\n');
    const [first, second] = await rowsOf(run.importId);
    await repair(first!.rejectedId, { cells: { id: '', score: '1' } });
    expect(await replay({ rejectedIds: [first!.rejectedId] })).toMatchObject({
      stored: 0,
      rejectedAgain: 1,
      reasons: [{ code: 'value_type_conflict', count: 1 }],
    });
    const [again] = await rowsOf(run.importId, 'repaired');
    expect(again).toMatchObject({
      rejectedId: first!.rejectedId,
      details: { problems: [{ record: 0, detail: 'customer_number: no key of a person' }] },
    });
    expect(again!.triedAt).toBeDefined();
    const turn = await replayable(platform.database, {
      rejectedIds: undefined,
      filter: { importId: run.importId },
      limit: 2,
      limitBytes: 1_000_000,
    });
    expect(turn.map((row) => row.row_number)).toEqual([2, 3]);
    const small = { rejectedIds: undefined, filter: { importId: run.importId }, limit: 9, limitBytes: 1 };
    expect(await replayable(platform.database, small)).toHaveLength(1);
    expect(second!.triedAt).toBeUndefined();
  });

  test('is found by import, reason and what is said of it, not by what is in it', async () => {
    const run = await load(mappingOf('searched', PEOPLE), 'id,city,score\nSE1,SECRET%,low\nshort\n,,2\n');
    const found = async (search: string): Promise<number[]> =>
      (await list(`importId=${run.importId}&search=${encodeURIComponent(search)}`)).items.map(
        ({ row }) => row!,
      );
    const pages: number[] = [];
    for (let cursor = ''; pages.length < 4;) {
      const page = await ask<{ items: Rejected[]; nextCursor?: string }>(
        'GET',
        `/rejected?importId=${run.importId}&limit=1${cursor && `&cursor=${cursor}`}`,
      );
      pages.push(...page.body.items.map(({ row }) => row!));
      if (!page.body.nextCursor) break;
      cursor = page.body.nextCursor;
    }
    expect(pages).toEqual([3, 2, 1]);
    expect((await ask('GET', '/rejected?cursor=1_x')).status).toBe(400);
    expect(await found('NO KEY of a person')).toEqual([3]);
    expect(await found('2')).toEqual([2]);
    expect(await found('SECRET')).toEqual([]);
    expect(await found('%')).toEqual([]);
    expect(await found("'; drop table ingest.rejected; --")).toEqual([]);
    const { items, codes } = await list(`importId=${run.importId}&code=import_row_unreadable`);
    expect(items.map(({ row }) => row)).toEqual([2]);
    expect(codes).toEqual([{ code: 'import_row_unreadable', count: 1 }]);
    const kept = await platform.database.query<{ raw_box: string }>(
      'select raw_box from ingest.rejected where import_id = $1',
      [run.importId],
    );
    for (const { raw_box: box } of kept) expect(box).toMatch(/^v1\./);
  });

  test('whose person was merged meanwhile belongs to the merged one', async () => {
    const run = await load(mappingOf('merged', PEOPLE), 'id,city,score\nME1,,1\nME2,,2\nME1,,low\n');
    const both = mappingOf('merging', [
      {
        record: 'person',
        keys: [customer, { type: 'customer_number', value: 'other' }],
        link: 'bind',
        attributes: {},
      },
    ]);
    await load(both, 'id,other\nME1,ME2\n');
    const [row] = await rowsOf(run.importId);
    await repair(row!.rejectedId, { cells: { city: '绍兴', score: '2' } });
    expect(await replay({ rejectedIds: [row!.rejectedId] })).toMatchObject({ stored: 1 });
    expect(await attributesOf('ME1')).toMatchObject({ city: '绍兴' });
  });
});

describe('a row that breaks the format of its file', () => {
  test.each([
    [
      'ndjson',
      '{"id":"BJ1","city":"a"}\n{"id":"BJ2","city":"b"\n{"id":"BJ3","city":"c"}\n',
      '{"id":"BJ2","city":"b"',
    ],
    ['csv', 'id,city\nBJ1,a\nBJ2,"b\nBJ3,c\n', 'BJ2,"b'],
  ] as const)(
    'of %s is one rejected row, and is repaired as a line or by column',
    async (format, text, line) => {
      const records: Records = [{ record: 'person', keys: [customer], attributes: { city: 'city' } }];
      const run = await load(mappingOf(`broken_${format}`, records, { format }), text);
      expect(run).toMatchObject({ rows: 3, rejectedRows: 1, records: { person: 2 } });
      const [row] = await rowsOf(run.importId);
      const opened = await open(row!.rejectedId);
      expect(opened.raw).toBe(line);
      expect(opened.opened.cells.map(({ column, value }) => [column, value])).toEqual(
        expect.arrayContaining([
          ['id', ''],
          ['city', ''],
        ]),
      );
      expect(await replay({ rejectedIds: [row!.rejectedId] })).toMatchObject({
        rejectedAgain: 1,
        reasons: [{ code: 'import_row_unreadable', count: 1 }],
      });
      for (const raw of [line, `${line}\n${line}`, '[1]', 'x'.repeat(5_000)])
        expect(await repair(row!.rejectedId, { raw })).toMatchObject({
          status: 422,
          body: { code: 'import_row_unreadable' },
        });
      const mended = format === 'csv' ? 'BJ2,b' : `${line}}`;
      expect((await repair(row!.rejectedId, { raw: mended })).status).toBe(200);
      expect((await open(row!.rejectedId)).opened.cells).toContainEqual({ column: 'id', value: 'BJ2' });
      await repair(row!.rejectedId, { cells: { id: `BJ2${format}` } });
      expect(await replay({ rejectedIds: [row!.rejectedId] })).toMatchObject({ stored: 1, rejectedAgain: 0 });
      expect(await attributesOf(`BJ2${format}`)).toEqual({ city: 'b' });
    },
  );
});

describe('events', () => {
  const HEADER = 'id,event,time,amount';

  test('refused by a strict source are replayed in bulk once the plan knows them, and the books balance', async () => {
    await ask('POST', '/sources', { sourceId: 'strict_rows', name: 'strict', mode: 'strict' });
    const lines = [
      HEADER,
      'EV1,branch_visit,2026-01-01,1',
      'EV2,branch_visit,2026-01-01,2',
      'EV3,other,2026-01-01,3',
    ];
    const run = await load(mappingOf('strict_rows', EVENTS), lines.join('\n'));
    // One rejected row each, and not a rejected record beside it.
    const waiting = await list('sourceId=strict_rows&state=waiting');
    expect(waiting.items.map(({ unit }) => unit)).toEqual(['row', 'row', 'row']);
    expect(waiting.codes).toEqual([{ code: 'not_in_plan', count: 3 }]);
    expect(await ledgerOf('strict_rows')).toMatchObject([{ received: 3, rejected: 3, balanced: true }]);
    await ask('PUT', '/tracking-plan/branch_visit', { title: '到店' });
    await ask('PUT', '/tracking-plan/branch_visit/properties/amount', { type: 'string', piiClass: 'none' });
    const filter = { importId: run.importId, code: 'not_in_plan' };
    expect(await replay({ filter })).toMatchObject({
      replayed: 3,
      stored: 2,
      rejectedAgain: 1,
      reasons: [{ code: 'not_in_plan', count: 1 }],
    });
    expect(await eventsOf('strict_rows')).toHaveLength(2);
    expect(await ledgerOf('strict_rows')).toMatchObject([
      { received: 6, stored: 2, rejected: 4, balanced: true },
    ]);
    const audit = await platform.database.query<{ actor: string }>(
      "select actor from platform.audit where action = 'rejected.replay' and detail ->> 'stored' = '2'",
    );
    expect(audit.length).toBeGreaterThan(0);
  });

  test('of a replay that was killed after they were stored are duplicates of themselves', async () => {
    const run = await load(
      mappingOf('killed', EVENTS),
      [HEADER, 'KI1,visit,2026-01-01,1', 'KI2,visit,never,2'].join('\n'),
    );
    const [row] = await rowsOf(run.importId);
    await repair(row!.rejectedId, { cells: { time: '2026-01-02' } });
    const killed = createRejectedRows({
      platform,
      rooms: {
        identity: room.identity,
        profile: room.profile,
        ingest: {
          async append(...given) {
            await room.ingest.append(...given);
            throw new Error('killed');
          },
        },
      },
    });
    const choice = { rejectedIds: [row!.rejectedId], filter: {}, limit: 1, limitBytes: 1_000 };
    await expect(killed.replay(await replayable(platform.database, choice))).rejects.toThrow('killed');
    expect(await rowsOf(run.importId, 'repaired')).toHaveLength(1);
    expect(await replay({ rejectedIds: [row!.rejectedId] })).toMatchObject({ stored: 0, duplicate: 1 });
    expect(await rowsOf(run.importId, 'replayed')).toHaveLength(1);
    expect(await eventsOf('killed')).toHaveLength(2);
    // The corrected file as a whole finds all of them there.
    const whole = [HEADER, 'KI1,visit,2026-01-01,1', 'KI2,visit,2026-01-02,2'].join('\n');
    expect(await load(mappingOf('killed', EVENTS), whole)).toMatchObject({ rejectedRows: 0 });
    expect(await eventsOf('killed')).toHaveLength(2);
  });

  test('two replays at once store each once', async () => {
    const run = await load(
      mappingOf('at_once', EVENTS),
      [HEADER, 'AO1,visit,never,1', 'AO2,visit,never,2'].join('\n'),
    );
    for (const { rejectedId } of await rowsOf(run.importId))
      await repair(rejectedId, { cells: { time: '2026-01-02' } });
    const filter = { importId: run.importId };
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => ask<Replayed>('POST', '/rejected/replay', { filter })),
    );
    for (const { status, body } of answers) {
      expect([200, 409]).toContain(status);
      if (status === 409) expect(body.code).toBe('import_running');
    }
    const stored = answers.reduce((sum, { status, body }) => sum + (status === 200 ? body.stored : 0), 0);
    expect(stored).toBe(2);
    expect(await eventsOf('at_once')).toHaveLength(2);
    expect(await rowsOf(run.importId, 'replayed')).toHaveLength(2);
  });

  test('replayed while their import is broken off are stored once when it goes on', async () => {
    const lines = Array.from(
      { length: 40 },
      (_, index) => `GO${index},visit,${index === 3 ? 'never' : '2026-01-01'},1`,
    );
    await writeFile(join(directory, 'f'), [HEADER, ...lines].join('\n'));
    await writeFile(join(directory, 'mapping.json'), JSON.stringify(mappingOf('going_on', EVENTS)));
    const options = {
      mappingFile: join(directory, 'mapping.json'),
      dataDirectory: directory,
      chunkBytes: 300,
    };
    const { identity, profile, ingest } = room;
    let chunks = 0;
    const breaking = async <Result>(work: () => Promise<Result>): Promise<Result> => {
      if (++chunks > 3) throw new Error('cut off');
      return work();
    };
    const cut = {
      ...ingest,
      append: (...given: Parameters<typeof ingest.append>) => breaking(() => ingest.append(...given)),
      staged: {
        ...ingest.staged,
        append: (...given: Parameters<typeof ingest.staged.append>) =>
          breaking(() => ingest.staged.append(...given)),
      },
    };
    await expect(runImport(platform, { identity, profile, ingest: cut }, options)).rejects.toThrow('cut off');
    const { items } = await list('sourceId=going_on');
    expect(items).toMatchObject([{ row: 4 }]);
    await repair(items[0]!.rejectedId, { cells: { time: '2026-01-03' } });
    expect(await replay({ rejectedIds: [items[0]!.rejectedId] })).toMatchObject({ stored: 1 });
    const summary = await runImport(platform, { identity, profile, ingest }, options);
    expect(summary).toMatchObject({ resumed: true, rows: 40, rejectedRows: 1 });
    expect(await eventsOf('going_on')).toHaveLength(40);
    expect(await readImport(summary.importId)).toMatchObject({ waitingRows: 0, replayedRows: 1 });
  });
});
