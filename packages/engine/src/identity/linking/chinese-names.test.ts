import { pinyin } from 'pinyin-pro';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabases, type TestDatabases } from '../../../test/harness/databases.ts';
import { createTestPlatform } from '../../../test/harness/platform.ts';
import type { Platform } from '../../platform/index.ts';
import { linkRecords, type LinkRequest } from './link-records.ts';

let databases: TestDatabases;
let platform: Platform;

beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
});
afterAll(async () => {
  await platform.close();
  await databases.drop();
});

const SURNAMES = Array.from(
  '王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤单仇解',
);
const GIVEN = Array.from(
  '伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华慧建国文辉玲红玉梅鹏飞宇欣浩然子轩雨桐梓涵一诺思佳琪博雅晨曦嘉怡俊熙天佑',
);
/** Characters of the same sound, as they are mistaken for each other at a counter. */
const HOMOPHONES: Readonly<Record<string, string>> = Object.fromEntries(
  [
    '伟玮',
    '芳方',
    '静婧',
    '丽莉',
    '军君',
    '洋阳',
    '杰洁',
    '涛韬',
    '明铭',
    '超朝',
    '秀绣',
    '霞遐',
    '华桦',
    '慧惠',
    '建健',
    '文雯',
    '玲灵',
    '红虹',
    '玉钰',
    '梅媒',
    '飞菲',
    '宇雨',
    '欣心',
    '浩皓',
    '佳嘉',
    '琪祺',
    '怡宜',
    '俊峻',
  ].map(([one = '', other = '']) => [one, other]),
);
const STREETS = [
  '人民',
  '中山',
  '解放',
  '建设',
  '和平',
  '长江',
  '黄河',
  '东风',
  '新华',
  '文化',
  '南京',
  '北京',
  '延安',
  '胜利',
];
const CITIES = [
  ['广东', '深圳', '福田'],
  ['广东', '广州', '天河'],
  ['浙江', '杭州', '西湖'],
  ['江苏', '南京', '鼓楼'],
  ['四川', '成都', '武侯'],
  ['湖北', '武汉', '江岸'],
] as const;
const NUMERALS = ['', '一', '二', '三', '四', '五', '六', '七', '八', '九'];

interface Person {
  name: string;
  born: string;
  phone: string;
  address: string;
}

/** An even draw that is the same in every run. */
function drawer(salt: number): (below: number) => number {
  let state = salt * 2_654_435_761;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_507) + 0x9e37_79b9) >>> 0;
    return ((state ^ (state >>> 13)) >>> 0) % below;
  };
}

const two = (number: number): string => String(number).padStart(2, '0');

function makePerson(draw: (below: number) => number): Person {
  const given = Array.from({ length: 1 + (draw(10) < 7 ? 1 : 0) }, () => GIVEN[draw(GIVEN.length)]).join('');
  const [province, city, district] = CITIES[draw(CITIES.length)]!;
  return {
    name: `${SURNAMES[draw(SURNAMES.length)]}${given}`,
    born: `${1945 + draw(60)}-${two(1 + draw(12))}-${two(1 + draw(28))}`,
    phone: `13${String(draw(1_000_000_000)).padStart(9, '0')}`,
    address: `${province}省${city}市${district}区${STREETS[draw(STREETS.length)]}路${1 + draw(98)}号${1 + draw(30)}栋${100 + draw(900)}室`,
  };
}

/** The same person as another system has them: one to three things are written otherwise, wrong, or missing. */
function otherwise(person: Person, draw: (below: number) => number): Person {
  const other = { ...person };
  for (let fault = 0; fault < 1 + draw(3); fault++) {
    const kind = draw(8);
    if (kind === 0) other.name = Array.from(other.name, (each) => HOMOPHONES[each] ?? each).join('');
    if (kind === 1 && other.name.length === 3)
      other.name = other.name.slice(0, 2) + GIVEN[draw(GIVEN.length)]!;
    if (kind === 2)
      other.phone = `+86 ${other.phone.slice(-11, -8)}-${other.phone.slice(-8, -4)}-${other.phone.slice(-4)}`;
    if (kind === 3) other.phone = '';
    if (kind === 4) other.born = other.born.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10));
    if (kind === 5) other.address = other.address.replace(/省|市|区/g, '').replace('室', '');
    if (kind === 6)
      other.address = other.address.replace(/(\d+)号/, (_, number: string) => {
        const [ones, tens] = [Number(number) % 10, Math.floor(Number(number) / 10)];
        return `${tens > 1 ? NUMERALS[tens] : ''}${tens > 0 ? '十' : ''}${NUMERALS[ones]}号`;
      });
    if (kind === 7) other.address = '';
  }
  return other;
}

interface Row extends Person {
  id: string;
  file: string;
}

async function f1Of(table: string, rows: readonly Row[], request: Partial<LinkRequest>): Promise<number> {
  await platform.clickhouse.command(
    `create table ${table} (id String, file String, name String, born String, phone String, address String)
     engine = MergeTree order by id`,
  );
  const lines = rows.map(
    (row) => `${row.id},${row.file},${row.name},${row.born},${row.phone},${row.address}\n`,
  );
  await platform.clickhouse.insertStream(
    table,
    Readable.from([lines.join('')], { objectMode: false }),
    'CSV',
  );
  const linkage = await linkRecords(platform.clickhouse, table, {
    source: table,
    idColumn: 'id',
    columns: ['name', 'born', 'phone', 'address'],
    ...request,
  });
  const [found] = await platform.clickhouse.query<{ pairs: number; hits: number }>(
    `select count() as pairs, countIf(substring(a.id, 2) = substring(b.id, 2)) as hits
     from linkage_score_${table} as score
     join linkage_record_${table} as a on a.record_number = score.l
     join linkage_record_${table} as b on b.record_number = score.r where probability >= 0.5`,
  );
  await linkage.drop();
  const truth = rows.filter((row) => row.id.startsWith('b')).length;
  return (2 * found!.hits) / (found!.pairs + truth);
}

const PEOPLE = 1_500;

/** Everybody in the first system, two in three in the second. */
function twoSystems(write: (person: Person, draw: (below: number) => number) => Person): Row[] {
  return Array.from({ length: PEOPLE }, (_, index): Row[] => {
    const draw = drawer(index + 1);
    const person = makePerson(draw);
    const first: Row = { ...person, id: `a${index}`, file: 'a' };
    return index % 3 === 0 ? [first] : [first, { ...write(person, draw), id: `b${index}`, file: 'b' }];
  }).flat();
}

describe('names in Chinese', () => {
  it('are linked across homophones, wrong characters, signs of telephone numbers and ways to write an address', async () => {
    expect(await f1Of('chinese', twoSystems(otherwise), {})).toBeGreaterThan(0.97);
  }, 120_000);

  it('are linked with the same names in pinyin, with and without their telephone', async () => {
    const inPinyin = (person: Person, draw: (below: number) => number): Person => {
      const other = otherwise(person, draw);
      const [surname, ...given] = pinyin(other.name, {
        toneType: 'none',
        type: 'array',
        surname: 'head',
        v: true,
      });
      const name = draw(2) === 0 ? `${surname} ${given.join('')}` : `${given.join('')} ${surname}`;
      return { ...other, name: name.toUpperCase(), address: '', phone: draw(2) === 0 ? '' : other.phone };
    };
    // One pair in eight has neither telephone nor birthday left, and homophones are many: more cannot be told.
    expect(await f1Of('pinyin', twoSystems(inPinyin), { fileColumn: 'file' })).toBeGreaterThan(0.88);
  }, 120_000);
});
