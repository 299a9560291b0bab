import { pinyin } from 'pinyin-pro';
import type { ClickHouse } from '../../platform/index.ts';
import type { LinkageTables } from './linkage-store.ts';
import { nicknames } from './nicknames.ts';
import type { ColumnProfile } from './profile-columns.ts';

/** Values have a second form, in which they are compared too. */
const formColumn = (column: string): string => column.replace('c', 's');

/** Distinct characters that are read; texts have a few thousand. */
const MAXIMUM_CHARACTERS = 30_000;

/**
 * Adds to the records how their Chinese names sound (pinyin without tones and blanks: 张伟, 章玮 and Zhang Wei are
 * `zhangwei`), what is left of addresses without their units (人民路二十三号 and 人民路23 are `人民 23`), the full names
 * that short ones stand for (bill is `william`), numbers and days as numbers. Returns the profiles with the columns of
 * these forms.
 */
export async function writeForms(
  clickhouse: ClickHouse,
  tables: LinkageTables,
  profiles: readonly ColumnProfile[],
): Promise<ColumnProfile[]> {
  const written = profiles.filter(hasForm);
  if (written.length === 0) return [...profiles];
  const spoken = written
    .filter(({ kind, isChinese }) => isChinese && kind === 'name')
    .map(({ column }) => column);
  const { characters, sounds, surnames } = await readSounds(clickhouse, tables.record, spoken);
  const forms = written.map((profile) => `${formSql(profile)} as ${formColumn(profile.column)}`);
  const formed = `${tables.record}_formed`;
  await clickhouse.command(`drop table if exists ${formed}`);
  await clickhouse.command(
    `create table ${formed} engine = MergeTree order by record_number as
     select *, ${forms.join(', ')} from ${tables.record}`,
    { characters, sounds, surnames, ...nicknames },
  );
  await clickhouse.command(`drop table ${tables.record}`);
  await clickhouse.command(`rename table ${formed} to ${tables.record}`);
  return profiles.map((profile) =>
    hasForm(profile) ? { ...profile, form: formColumn(profile.column) } : profile,
  );
}

const hasForm = ({ kind, isChinese, isDense }: ColumnProfile): boolean =>
  kind === 'name' || kind === 'number' || isDense || (kind === 'text' && isChinese);

function formSql({ kind, column, isChinese }: ColumnProfile): string {
  if (kind === 'number') return `toFloat64OrZero(replaceRegexpAll(${column}, '[^0-9.-]', ''))`;
  if (kind === 'date')
    return `toInt32(ifNull(toDate32OrNull(concat(substring(${column}, 1, 4), '-', substring(${column}, 5, 2), '-', substring(${column}, 7, 2))), 0))`;
  if (kind === 'text') return addressSql(column);
  return isChinese
    ? soundSql(column)
    : `transform(${column}, {names:Array(String)}, {fullNames:Array(String)}, ${column})`;
}

/** The characters of some columns with how they are read, and how as a surname (单 is dan, and shan as a surname). */
async function readSounds(
  clickhouse: ClickHouse,
  table: string,
  columns: readonly string[],
): Promise<{ characters: string[]; sounds: string[]; surnames: string[] }> {
  if (columns.length === 0) return { characters: [''], sounds: [''], surnames: [''] };
  const rows = await clickhouse.query<{ character: string }>(
    `select arrayJoin(extractAll(concat(${columns.map((column) => `${column}, ' '`).join(', ')}), '\\\\p{Han}')) as character
     from ${table} group by character order by count() desc limit ${MAXIMUM_CHARACTERS}`,
  );
  const characters = rows.map((row) => row.character);
  const read = (character: string, mode: 'normal' | 'surname'): string =>
    pinyin(character, { toneType: 'none', v: true, mode });
  return {
    characters: [...characters, ''],
    sounds: [...characters.map((each) => read(each, 'normal')), ''],
    surnames: [...characters.map((each) => read(each, 'surname')), ''],
  };
}

function soundSql(column: string): string {
  const read = (place: 'sounds' | 'surnames'): string =>
    `transform(each, {characters:Array(String)}, {${place}:Array(String)}, each)`;
  return `arrayStringConcat(arrayMap((each, place) -> if(place = 1, ${read('surnames')}, ${read('sounds')}),
    extractAll(${column}, '[\\\\p{Han}a-z0-9]') as letters, arrayEnumerate(letters)))`;
}

const DIGITS = '一二三四五六七八九';

/** Numbers in digits, units of places away. */
function addressSql(column: string): string {
  const numbers: [pattern: string, by: string][] = [
    [`(^|[^${DIGITS}])十([${DIGITS}])`, '\\\\11\\\\2'],
    [`([${DIGITS}])十([${DIGITS}])`, '\\\\1\\\\2'],
    [`([${DIGITS}])十`, '\\\\10'],
    ['十', '10'],
  ];
  const tens = numbers.reduce(
    (sql, [pattern, by]) => `replaceRegexpAll(${sql}, '${pattern}', '${by}')`,
    column,
  );
  const digits = `translateUTF8(${tens}, '${DIGITS}〇零', '12345678900')`;
  const units =
    '自治区|街道|小区|单元|省|市|区|县|镇|乡|村|路|街|道|弄|巷|号|室|栋|幢|座|楼|层|[\\\\s,，.。#()（）-]+';
  return `trimBoth(replaceRegexpAll(replaceRegexpAll(${digits}, '${units}', ' '), ' +', ' '))`;
}
