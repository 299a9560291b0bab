import type { LentRow, RecordLender } from '../identity/index.ts';
import type { Platform } from '../platform/index.ts';
import type { Model } from './catalogue.ts';
import { showValue } from './coerce-value.ts';
import { foldAttribute, type Stored } from './fold-attributes.ts';
import { unpackCells, type PackedCells } from './pack-cells.ts';
import { openValue } from './seal-value.ts';

/** Name of the table of all people with their folded attributes; the others are named by their source. */
const ALL_PEOPLE = '*';
const ROWS_A_PAGE = 5_000;
/** Holders that are looked at, the oldest and the newest, to see which sources write attributes. */
const HOLDERS_LOOKED_AT = 10_000;

interface Row {
  readonly key_number: number;
  readonly attributes: Record<string, Stored>;
}

/**
 * Lends the people to linking: all of them with their folded attributes, and of each source what it says of the keys
 * it knows. Ids are key numbers; a person's is its number.
 */
export function lendPeople(platform: Platform, model: () => Promise<Model>): RecordLender {
  const { database, secrets } = platform;

  const page = async (name: string, after: number): Promise<Row[]> => {
    if (name === ALL_PEOPLE) {
      return database.query<Row>(
        `select person_id as key_number, attributes from profile.person
         where person_id > $1 order by person_id limit ${ROWS_A_PAGE}`,
        [after],
      );
    }
    const rows = await database.query<{ key_number: number; cells: PackedCells }>(
      `select key_number, cells from profile.holder
       where key_number > $1 and cells ? $2 order by key_number limit ${ROWS_A_PAGE}`,
      [after, name],
    );
    const fields = (await model()).attributes;
    return rows.map((row) => ({
      key_number: row.key_number,
      attributes: attributesOf(row, name, fields),
    }));
  };

  return {
    kind: 'people',
    async list() {
      const columns = [...(await model()).attributes.keys()].sort();
      const sources = await database.query<{ source_id: string }>(
        `select distinct jsonb_object_keys(cells) as source_id from (
           (select cells from profile.holder order by key_number limit ${HOLDERS_LOOKED_AT})
           union all (select cells from profile.holder order by key_number desc limit ${HOLDERS_LOOKED_AT})
         ) as looked_at order by 1`,
      );
      return [ALL_PEOPLE, ...sources.map((row) => row.source_id)].map((name) => ({ name, columns }));
    },
    async count(name) {
      const [row] = await (name === ALL_PEOPLE
        ? database.query<{ count: number }>('select count(*) as count from profile.person')
        : database.query<{ count: number }>('select count(*) as count from profile.holder where cells ? $1', [
            name,
          ]));
      return row!.count;
    },
    async *read(name, { columns }, signal) {
      const { attributes } = await model();
      for (let after = -1; ;) {
        signal.throwIfAborted();
        const rows = await page(name, after);
        if (rows.length === 0) return;
        after = rows.at(-1)!.key_number;
        yield rows.map((row): LentRow => [
          String(row.key_number),
          ...columns.map((column) => {
            const stored = row.attributes[column];
            const field = attributes.get(column);
            if (stored === undefined || !field) return '';
            const value = showValue(openValue(stored, secrets), field.valueType);
            return Array.isArray(value) ? value.join(' ') : String(value);
          }),
        ]);
      }
    },
  };
}

/** What one source says of one key. */
function attributesOf(
  { key_number: keyNumber, cells }: { key_number: number; cells: PackedCells },
  sourceId: string,
  fields: Model['attributes'],
): Record<string, Stored> {
  const values: Record<string, Stored> = {};
  for (const [attribute, register] of Object.entries(unpackCells(cells)[sourceId] ?? {})) {
    const field = fields.get(attribute);
    const folded = field && foldAttribute([{ sourceId, keyNumber, register }], field);
    if (folded) values[attribute] = folded.value;
  }
  return values;
}
