import { readdirSync, readFileSync } from 'node:fs';
import { mappingSchema, type MappingInput, type TransformStep } from '@wutong/contract';
import { describe, expect, test } from 'vitest';
import { correctedMapping, placeName, placesOf } from '../src/pages/data/import/corrected-mapping.ts';
import { planOfRecord } from '../src/pages/data/mapping/plan-of-record.ts';
import { readingName, readingNames, withReading } from '../src/pages/data/mapping/reading-choice.ts';
import {
  declarationsOf,
  problemsOf,
  recordOf,
  type RecordKind,
  type RecordPlan,
} from '../src/pages/data/mapping/record-plan.ts';
import {
  mayMapValues,
  textsTwice,
  unmappedTexts,
  valueMapOf,
  valueWritten,
  withValueMap,
} from '../src/pages/data/mapping/value-map.ts';
import { emptyPlan, guessKind, suggestColumns } from '../src/pages/data/mapping/suggest-plan.ts';
import { countMisfits, detectType, readingFor, readSample } from '../src/pages/data/mapping/value-shape.ts';

const keyTypes = ['customer_number', 'id_number', 'mobile', 'account', 'email', 'login_id'];
const known = { keyTypes, catalogue: undefined };
const sampled = (csv: string) => {
  const [header = '', ...rows] = csv.trim().split('\n');
  return header
    .split(',')
    .map((name, index) => ({ name, samples: rows.map((row) => row.split(',')[index] ?? '') }));
};
const suggested = (kind: RecordKind, csv: string, more: Partial<RecordPlan> = {}): RecordPlan =>
  suggestColumns({ ...emptyPlan(kind, sampled(csv)), ...more }, sampled(csv), known);
const mappingOf = (plan: RecordPlan): MappingInput => ({
  name: 'test',
  title: { zh: '试', en: 'Test' },
  sourceId: 'test',
  declare: declarationsOf(plan),
  files: [{ file: 'a.csv', records: [recordOf(plan)] }],
});
const usesOf = (plan: RecordPlan) =>
  Object.fromEntries(
    plan.columns.map(({ column, use }) => [
      column,
      use.as === 'key'
        ? use.keyType
        : use.as === 'field'
          ? `${use.field.name}:${use.field.valueType}`
          : use.as,
    ]),
  );

describe('values', () => {
  test.each([
    [['1', '2.5', '-3'], 'number'],
    [['001', '002'], 'string'],
    [['是', '否'], 'boolean'],
    [['2024-02-29', '2024/01/01'], 'date'],
    [['20240131', '19991231'], 'date'],
    [['31/12/2023', '01/02/2024'], 'date'],
    [['2024-01-01 08:00:00'], 'datetime'],
    [['20240101083000'], 'datetime'],
    [['1,234.50', '(5.00)', '￥1,234', '12%', '１２．５'], 'number'],
    [['2026年3月2日', '2026年12月31日'], 'date'],
    [['2026/3/2', '2026/12/31'], 'date'],
    [['31/3/2026', '1/4/2026'], 'date'],
    [['2026年3月2日 9:05'], 'datetime'],
    [['46083', '45992'], 'number'],
    [['', ''], 'string'],
    [['6222021234567890123', '6222021234567890124'], 'string'],
    [['100', '12345678901234567890'], 'string'],
    [['a\u001fb', 'c'], 'string[]'],
  ])('%j is %s', (samples, type) => {
    expect(detectType(samples)).toBe(type);
  });

  test('an order of day and month that cannot be seen is asked for', () => {
    expect(readingFor('date', ['3/2/2026', '4/5/2026'])).toEqual({
      steps: [],
      orders: ['D/M/YYYY', 'M/D/YYYY'],
    });
    expect(readingFor('date', ['3/2/2026', '14/5/2026'])).toEqual({
      steps: [{ date: 'D/M/YYYY', century: 1900 }],
    });
    const plan = suggested('person', 'customer_number,注册日\nC1,3/2/2026\nC2,4/5/2026');
    expect(problemsOf(plan)).toEqual([{ code: 'date_order', column: '注册日' }]);
  });

  test('the examples show what they are read as', () => {
    const read = (type: 'number' | 'date', text: string) => readSample(readingFor(type, [text]).steps, text);
    expect(read('number', '(1,234.50)')).toBe('-1234.5');
    expect(read('number', '12.5%')).toBe('0.125');
    expect(read('number', '12')).toBeUndefined();
    expect(readSample(readingFor('string[]', ['a\u001fb']).steps, 'a\u001fb')).toBe('a · b');
    expect(read('date', '2026年3月2日')).toBe('2026-03-02');
    expect(read('date', '46083')).toBe('2026-03-02');
    const plan = suggested('person', 'customer_number,开户日期,积分\nC1,46083,46083');
    expect(usesOf(plan)).toMatchObject({ 开户日期: 'opened_on:date' });
    expect(Object.values(usesOf(plan)).at(-1)).toMatch(/:number$/);
  });

  test('what the server does not read by itself gets its steps', () => {
    expect(readingFor('date', ['31/12/2023']).steps).toEqual([{ date: 'DD/MM/YYYY', century: 1900 }]);
    expect(readingFor('datetime', ['1700000000']).steps).toEqual([{ number: true, scale: 1_000 }]);
    expect(readingFor('datetime', ['2024-01-01 08:00']).steps).toEqual([]);
    expect(countMisfits('number', [], ['1', 'abc', ''])).toBe(1);
  });
});

describe('a mapping that is there', () => {
  /** A column without steps is written in its short form. */
  const plainly = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(plainly);
    if (typeof node !== 'object' || node === null) return node;
    const entries = Object.entries(node).map(([name, value]) => [name, plainly(value)] as const);
    const { column, steps, ...others } = Object.fromEntries(entries);
    const isBare = Object.keys(others).length === 0 && Array.isArray(steps) && steps.length === 0;
    return isBare ? column : Object.fromEntries(entries);
  };
  /** Every column that a record reads by itself. */
  const columnsIn = (node: unknown): string[] =>
    typeof node === 'string'
      ? [node]
      : typeof node === 'object' && node !== null
        ? Object.values(node).flatMap(columnsIn)
        : [];
  const folder = new URL('../../../examples/mappings/', import.meta.url);

  test.each(readdirSync(folder).filter((name) => name.endsWith('.json')))(
    'is the same after its form: %s',
    (name) => {
      const mapping = mappingSchema.parse(JSON.parse(readFileSync(new URL(name, folder), 'utf8')));
      const edited = Object.fromEntries(
        placesOf(mapping).map((place) => {
          const record = mapping.files[place.file]!.records[place.record]!;
          const columns = [...new Set(columnsIn(record))].map((each) => ({ name: each, samples: [] }));
          return [placeName(place), planOfRecord(record, columns, undefined)];
        }),
      );
      expect(Object.keys(edited).length).toBeGreaterThan(0);
      const corrected = mappingSchema.parse(correctedMapping(mapping, edited));
      expect(plainly(corrected.files)).toEqual(plainly(mapping.files));
    },
  );

  test('steps that the form does not show stay when another way of writing is chosen', () => {
    const steps = [{ missing: ['-'] }, { date: 'M/D/YYYY', century: 1900 }];
    expect(readingName('date', steps)).toBe('date M/D/YYYY');
    expect(withReading(steps, 'date D/M/YYYY')).toEqual([
      { missing: ['-'] },
      { date: 'D/M/YYYY', century: 1900 },
    ]);
    expect(withReading(steps, 'plain')).toEqual([{ missing: ['-'] }]);
    expect(readingNames('date', [{ date: 'YYYY-MM-DD', century: 1900 }], ['13/2/2026']).slice(0, 3)).toEqual([
      'date YYYY-MM-DD',
      'plain',
      'date D/M/YYYY',
    ]);
    expect(readingNames('string', [], [])).toEqual([]);
  });
});

describe('the value map of a column', () => {
  const steps: TransformStep[] = [
    { case: 'upper' },
    { map: { N: 'held', C: null, '1': 2 }, otherwise: 'keep' },
    { prefix: 'x-' },
  ];

  test('is changed in its place, and everything around it stays', () => {
    const found = valueMapOf(steps)!;
    expect(found.entries).toContainEqual({ from: 'C', to: null });
    expect(withValueMap(steps, found)).toEqual(steps);
    const entries = [{ from: 'H', to: 'held' }];
    expect(withValueMap(steps, { entries, otherwise: 'reject' })).toEqual([
      { case: 'upper' },
      { map: { H: 'held' }, otherwise: 'reject' },
      { prefix: 'x-' },
    ]);
    expect(withValueMap(steps, { entries: [], otherwise: 'reject' })).toEqual([steps[0], steps[2]]);
    expect(withValueMap([steps[0]!], { entries, otherwise: 'missing' })).toEqual([
      { map: { H: 'held' }, otherwise: 'missing' },
      { case: 'upper' },
    ]);
  });

  test('says which texts of the examples it lacks, as they stand after the steps before it', () => {
    expect(unmappedTexts(steps, ['n', 'h', 'h', '', 'n '])).toEqual(['H', 'N ']);
    expect(unmappedTexts([{ number: true, scale: 1 }, steps[1]!], ['n', 'h'])).toEqual([]);
    expect(unmappedTexts([{ missing: ['-'] }, steps[1]!], ['-', 'h'])).toEqual(['h']);
    expect(unmappedTexts([], ['h'])).toEqual([]);
    expect([
      ...textsTwice([
        { from: 'A', to: 1 },
        { from: 'B', to: 1 },
        { from: 'A', to: 2 },
      ]),
    ]).toEqual(['A']);
  });

  test('holds what the item wants', () => {
    const last: TransformStep[] = [{ map: { A: 1 }, otherwise: 'reject' }];
    expect(valueWritten('7', 'number', last)).toBe(7);
    expect(valueWritten('7', 'number', [...last, { number: true, scale: 2 }])).toBe('7');
    expect(valueWritten('7', 'string', last)).toBe('7');
    expect(valueWritten('', 'number', last)).toBeNull();
    // Neither misfits of its codes nor a map where none could be.
    expect(countMisfits('number', last, ['A', 'B'])).toBe(0);
    expect(mayMapValues({ column: 'a', use: { as: 'key', keyType: 'mobile' }, steps: [] })).toBe(false);
    expect(mayMapValues({ column: 'a', use: { as: 'key', keyType: 'mobile' }, steps: last })).toBe(true);
    expect(mayMapValues({ column: 'a', use: { as: 'granted' }, steps: [] })).toBe(true);
    expect(mayMapValues({ column: 'a', use: { as: 'time' }, steps: [] })).toBe(false);
  });
});

describe('suggestions', () => {
  const customers = `客户号,姓名,手机号码,证件号,出生日期,性别,资产余额,是否员工,备注
C001,张三,13800001111,11010519491231002X,1949-12-31,男,1200.5,否,
C002,李四,13900002222,,1980-01-02,女,88,是,老客户`;

  test('Chinese headers of a customer file', () => {
    expect(guessKind(sampled(customers), known)).toBe('person');
    expect(usesOf(suggested('person', customers))).toEqual({
      客户号: 'customer_number',
      姓名: 'name:string',
      手机号码: 'mobile',
      证件号: 'id_number',
      出生日期: 'birth_date:date',
      性别: 'gender:string',
      资产余额: 'aum:number',
      是否员工: '是否员工:boolean',
      备注: '备注:string',
    });
  });

  test.each([
    [
      '客户号,手机号,身份证号,开户日期,余额,产品代码,交易时间,金额',
      'C1,13800001111,11010519491231002X,2020-01-02,100.5,P01,2024-01-01 08:00:00,5',
    ],
    [
      'cust_no,mobile,id_no,open_dt,bal,prod_cd,txn_time,amt',
      'C1,13800001111,11010519491231002X,20200102,100.5,P01,20240101080000,5',
    ],
    [
      'CUST_NO,MOB_NO,CERT_NO,ACCT_OPEN_DT,ACCT_BAL,PRD_CODE,TRAN_DT,TRAN_AMT',
      'C1,13800001111,11010519491231002X,20200102,100.5,P01,20240101080000,5',
    ],
    [
      'Customer No.,Mobile Phone,ID No.,Opening Date,Balance,Product Code,Transaction Time,Amount',
      'C1,13800001111,11010519491231002X,2020-01-02,100.5,P01,2024-01-01 08:00:00,5',
    ],
  ])('headers as core systems write them: %s', (header, row) => {
    expect(Object.values(usesOf(suggested('person', `${header}\n${row}`)))).toEqual([
      'customer_number',
      'mobile',
      'id_number',
      'opened_on:date',
      'balance:number',
      'product_id:string',
      'transaction_time:datetime',
      'amount:number',
    ]);
  });

  test.each([
    ['客户号,产品代码,交易时间,金额\nC1,P1,2024-01-01 08:00:00,5', 'event'],
    ['cust_no,prod_cd,txn_time,amt\nC1,P1,20240101080000,5', 'event'],
    ['cust_no,cust_nm,open_dt,bal\nC1,张三,20200102,5', 'person'],
    ['客户号,姓名,交易时间,金额\nC1,张三,2024-01-01 08:00:00,5', 'person'],
  ])('%s are rows of a kind: %s', (csv, kind) => {
    expect(guessKind(sampled(csv), known)).toBe(kind);
    if (kind === 'event') expect(Object.values(usesOf(suggested('event', csv)))).toContain('time');
  });

  test('the product of a holding is not its number', () => {
    expect(usesOf(suggested('detail', 'hold_no,cust_no,prod_cd,bal\nH1,C1,P1,5'))).toEqual({
      hold_no: 'id',
      cust_no: 'customer_number',
      prod_cd: 'product_id:string',
      bal: 'balance:number',
    });
  });

  test('keys are known by their values, whatever the column is called', () => {
    const plan = suggested('person', 'x,y\n13800001111,a@b.cn\n13912345678,c@d.com');
    expect(usesOf(plan)).toEqual({ x: 'mobile', y: 'email' });
  });

  test('an event file finds its event, time and message id', () => {
    const events = `流水号,cust_no,event_name,交易时间,金额\nT1,C1,transfer,2024-01-01 08:00:00,5`;
    expect(guessKind(sampled(events), known)).toBe('event');
    expect(usesOf(suggested('event', events))).toEqual({
      流水号: 'messageId',
      cust_no: 'customer_number',
      event_name: 'event',
      交易时间: 'time',
      金额: 'amount:number',
    });
  });

  test.each([
    ['person', suggested('person', customers)],
    ['event', suggested('event', 'cust_no,time\nC1,2024-01-01 08:00', { eventName: 'visit' })],
    [
      'entity',
      suggested('entity', '企业编号,名称\nE1,梧桐', {
        typeName: 'firm',
        typeTitle: { zh: '企业', en: 'Firm' },
        typeIsNew: true,
      }),
    ],
    [
      'detail',
      suggested('detail', '持仓编号,客户号,金额\nH1,C1,5', {
        typeName: 'position',
        typeTitle: { zh: '持仓', en: 'Position' },
        typeIsNew: true,
      }),
    ],
    ['consent', suggested('consent', '客户号,是否同意\nC1,是', { purpose: 'marketing' })],
  ])('a plan of %s is a mapping that the contract takes', (_kind, plan) => {
    expect(problemsOf(plan)).toEqual([]);
    expect(mappingSchema.safeParse(mappingOf(plan)).error).toBeUndefined();
  });

  test('what is missing is said', () => {
    expect(problemsOf(suggested('event', 'a,b\nx,y'))).toEqual([
      { code: 'key_missing' },
      { code: 'part_missing', part: 'time' },
      { code: 'event_missing' },
    ]);
    expect(problemsOf(suggested('relation', 'a,b\nx,y')).map(({ code }) => code)).toEqual([
      'part_missing',
      'part_missing',
      'type_missing',
    ]);
  });
});
