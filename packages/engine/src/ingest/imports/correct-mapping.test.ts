import type { importsApi } from '@wutong/contract';
import { describe, expect, test } from 'vitest';
import {
  ask,
  attributesOf,
  customer,
  list,
  load,
  mappingOf,
  open,
  PEOPLE,
  platform,
  repair,
  replay,
  rowsOf,
  withImports,
  type Opened,
  type Records,
} from '../../../test/harness/rejected-imports.ts';

withImports();

describe('a corrected mapping', () => {
  const flagged = (values: Record<string, string>): Records => [
    {
      record: 'person',
      keys: [customer],
      attributes: { city: { column: 'city', steps: [{ map: values, otherwise: 'reject' }] } },
    },
  ];

  test('takes the rows it was corrected for, and no other rows than those of its import', async () => {
    const mapping = mappingOf('corrected', flagged({ HZ: '杭州' }));
    const run = await load(mapping, 'id,city,more\nCO1,HZ,1\nCO2,SZ,2\nCO3,XX,3\n');
    expect(run).toMatchObject({ waitingRows: 2 });
    const path = `/imports/${run.importId}/mapping`;
    for (const [other, code] of [
      [{ ...mapping, name: 'another' }, 'mapping_invalid'],
      [{ ...mapping, asOf: '2026-02-01T00:00:00Z' }, 'mapping_invalid'],
      [mappingOf('corrected', flagged({}), { delimiter: ';' }), 'mapping_invalid'],
      [mappingOf('corrected', [{ record: 'entity', type: 'shop', id: 'id', fields: {} }]), 'mapping_invalid'],
      [
        mappingOf('corrected', [{ record: 'person', keys: [customer], attributes: { city: 'absent' } }]),
        'import_column_missing',
      ],
    ] as const)
      expect(await ask('PUT', path, { mapping: other })).toMatchObject({ status: 422, body: { code } });
    const better = mappingOf('corrected', flagged({ HZ: '杭州', SZ: '苏州' }));
    expect((await ask('PUT', path, { mapping: better })).status).toBe(200);
    const read = await ask<importsApi.MappingToCorrect>('GET', path);
    expect(read.body.mapping.files[0]!.records).toMatchObject(better.files[0]!.records);
    // The columns and the rows for whose sake it is corrected, to those who may open personal data.
    const rows = [
      ['CO2', 'SZ', '2'],
      ['CO3', 'XX', '3'],
    ];
    expect(read.body.files).toEqual([{ columns: ['id', 'city', 'more'], rows }]);
    const masked = await ask<importsApi.MappingToCorrect>('GET', path, undefined, 'data_engineer');
    expect(masked.body.files).toEqual([{ columns: ['id', 'city', 'more'], rows: [] }]);
    const audit = await platform.database.query<{ actor: string }>(
      "select actor from platform.audit where action = 'pii.open' and object = $1",
      [`rejected rows of import ${run.importId}`],
    );
    expect(audit).toEqual([{ actor: 'administrator' }]);
    expect(await replay({ filter: { importId: run.importId } })).toMatchObject({
      stored: 1,
      rejectedAgain: 1,
    });
    expect(await attributesOf('CO2')).toEqual({ city: '苏州' });
    expect(await attributesOf('CO3')).toBeUndefined();
  });
});

describe('what cannot be', () => {
  test('a mapping whose key type nobody declared is refused, for its values would be passed over', async () => {
    const passport = { type: 'passport', value: 'id' };
    const absent = { status: 422, body: { code: 'mapping_invalid', details: { keyTypes: ['passport'] } } };
    for (const record of [
      { record: 'person', keys: [customer, passport], attributes: {} },
      { record: 'detail', type: 'account', id: 'id', owner: { person: [passport] }, fields: {} },
      { record: 'relation', type: 'knows', from: { person: [customer] }, to: { person: [passport] } },
    ] as const)
      expect(
        await ask('POST', '/imports', { mapping: mappingOf('undeclared', [record as never]) }),
      ).toMatchObject(absent);
  });

  test('a row whose import is gone keeps its reason and says why it stays', async () => {
    const run = await load(mappingOf('gone', PEOPLE), 'id,city,score\nGN1,,low\n');
    const [row] = await rowsOf(run.importId);
    await platform.database.query('delete from imports.run where run_id = $1', [run.importId]);
    expect((await open(row!.rejectedId)).opened).toMatchObject({
      obstacle: 'import_gone',
      cells: [{ column: 'column_1', value: 'GN1' }, {}, { value: 'low' }],
    });
    expect(await repair(row!.rejectedId, { cells: { column_1: 'GN2' } })).toMatchObject({
      status: 409,
      body: { code: 'import_replay_impossible' },
    });
    expect(await replay({ rejectedIds: [row!.rejectedId] })).toMatchObject({
      stored: 0,
      reasons: [{ code: 'import_replay_impossible', count: 1 }],
    });
    expect((await list(`importId=${run.importId}`)).items).toMatchObject([
      { state: 'waiting', code: row!.code },
    ]);
  });

  test('hostile cells and choices are refused or rejected alone', async () => {
    const run = await load(mappingOf('hostile', PEOPLE), 'id,city,score\nHO1,,low\nHO2,,low\n');
    const [one, other] = await rowsOf(run.importId);
    const { rejectedId } = one!;
    for (const [body, status, code] of [
      [{ cells: { nowhere: 'x' } }, 422, 'import_column_missing'],
      [{ cells: { __proto__x: 'x' } }, 422, 'import_column_missing'],
      [{ cells: { city: 5 } }, 400, 'invalid_request'],
      [{ cells: { city: 'x' }, raw: 'x' }, 400, 'invalid_request'],
      [{}, 400, 'invalid_request'],
      [{ raw: 'a,b' }, 422, 'import_row_unreadable'],
    ] as const)
      expect(await repair(rejectedId, body)).toMatchObject({ status, body: { code } });
    expect((await ask('POST', '/rejected/replay', { filter: { import: run.importId } })).status).toBe(400);
    expect((await ask('GET', '/rejected?importId=none')).status).toBe(400);
    await repair(rejectedId, { cells: { city: 'a\u0000b\ud800', score: '1' } });
    await repair(other!.rejectedId, { cells: { score: '1' } });
    const replayed = await replay({ filter: { importId: run.importId } });
    expect(replayed.stored + replayed.rejectedAgain).toBe(2);
    expect(await attributesOf('HO2')).toEqual({ score: 1 });
  });

  test('cells are for those who may open personal data, repairs for those who may change sources', async () => {
    const run = await load(mappingOf('permitted', PEOPLE), 'id,city,score\nPE1,,low\n');
    const [row] = await rowsOf(run.importId);
    const path = `/rejected/${row!.rejectedId}`;
    expect((await ask('GET', path, undefined, 'manager')).status).toBe(403);
    const change = { cells: { score: '1' } };
    const choice = { rejectedIds: [row!.rejectedId] };
    expect((await ask('PUT', path, change, 'marketer')).status).toBe(403);
    expect((await ask('POST', '/rejected/replay', choice, 'marketer')).status).toBe(403);
    const listed = await ask(`GET`, `/rejected?importId=${run.importId}`, undefined, 'marketer');
    expect(listed.status).toBe(200);
    const masked = await ask<Opened>('GET', path, undefined, 'data_engineer');
    expect(masked).toMatchObject({ status: 200, body: { isMasked: true, raw: '' } });
    expect(JSON.stringify(masked.body)).not.toContain('PE1');
    expect(masked.body.opened.problems).toMatchObject([{ columns: ['score'] }]);
    // The others stay what they are, unseen.
    expect((await ask('PUT', path, change, 'data_engineer')).status).toBe(200);
    const opened = await open(row!.rejectedId);
    expect(opened).toMatchObject({ state: 'repaired', isMasked: false });
    expect(opened.opened.cells.map(({ value }) => value)).toEqual(['PE1', '', '1']);
    const audit = await platform.database.query<{ action: string }>(
      'select action from platform.audit where object = $1 order by action',
      [row!.rejectedId],
    );
    expect(audit.map(({ action }) => action)).toEqual(['rejected.open', 'rejected.repair']);
  });
});
