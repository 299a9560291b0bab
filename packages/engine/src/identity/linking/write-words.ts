import type { ClickHouse } from '../../platform/index.ts';
import type { LinkageTables } from './linkage-store.ts';
import { nicknames } from './nicknames.ts';
import type { ColumnProfile } from './profile-columns.ts';

/** More of a text is not looked at. */
const MAXIMUM_WORDS = 60;

/**
 * Splits texts into words and says what each is worth: the logarithm of how rare it is (inverse document frequency), so
 * that `limited` or 有限公司 counts little and the name of a company much. Chinese, which has no blanks, is cut into
 * pairs of characters. Adds to the records of each text: t, its words hashed, rarest first; d, in how many records each
 * stands; w, their weights; q, the sum of their squares.
 */
export async function writeWords(
  clickhouse: ClickHouse,
  tables: LinkageTables,
  profiles: readonly ColumnProfile[],
): Promise<ColumnProfile[]> {
  for (const profile of profiles) {
    if (profile.kind === 'text') await writeWordsOf(clickhouse, tables, profile);
  }
  return profiles.map((profile) => (profile.kind === 'text' ? { ...profile, hasWords: true } : profile));
}

async function writeWordsOf(
  clickhouse: ClickHouse,
  { record, rows }: LinkageTables,
  { column, isChinese }: ColumnProfile,
): Promise<void> {
  const [t, d, w, q] = ['t', 'd', 'w', 'q'].map((letter) => column.replace('c', letter));
  const worded = `${record}_worded`;
  await clickhouse.command(`drop table if exists ${worded}`);
  await clickhouse.command(
    `create table ${worded} engine = MergeTree order by record_number as
     with word_of as (
       select record_number, cityHash64(arrayJoin(arraySlice(arrayDistinct(${wordsSql(column, isChinese)}), 1, ${MAXIMUM_WORDS}))) as word
       from ${record} where ${column} != '')
     select record.*, words.t as ${t}, words.d as ${d}, arrayMap(n -> toFloat32(log(1 + ${rows} / n)), words.d) as ${w},
            toFloat32(arraySum(weight -> weight * weight, ${w})) as ${q}
     from ${record} as record
     any left join (
       select record_number, arrayMap(each -> each.2, sorted) as t, arrayMap(each -> each.1, sorted) as d
       from (
         select record_number, arraySort(groupArray((toUInt32(records), word))) as sorted
         from word_of any left join (select word, count() as records from word_of group by word) as counted using word
         group by record_number)
     ) as words on words.record_number = record.record_number`,
    nicknames,
  );
  await clickhouse.command(`exchange tables ${worded} and ${record}`);
  await clickhouse.command(`drop table ${worded}`);
}

function wordsSql(column: string, isChinese: boolean): string {
  const plain = `extractAll(${column}, '[0-9]+[.][0-9]+|[\\\\p{L}\\\\p{N}]+')`;
  if (!isChinese)
    return `arrayMap(word -> transform(word, {names:Array(String)}, {fullNames:Array(String)}, word), ${plain})`;
  return `arrayConcat(extractAll(${column}, '[a-z0-9]+'),
    arrayFlatten(arrayMap(run -> if(lengthUTF8(run) = 1, [run], ngrams(run, 2)), extractAll(${column}, '\\\\p{Han}+'))))`;
}
