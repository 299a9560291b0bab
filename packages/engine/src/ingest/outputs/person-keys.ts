import type { OutputNeeds } from './output-needs.ts';
import type { OutputColumn, OutputValue } from './subjects/output-subject.ts';

/** Name of the column that holds the keys of a type. */
const keyColumn = (keyType: string): string => `key_${keyType}`;

/** The columns of keys; whoever has a key can find the person. */
export const keyColumns = (keyTypes: readonly string[]): OutputColumn[] =>
  keyTypes.map((keyType) => ({ name: keyColumn(keyType), personal: true }));

export const plainColumn = (name: string): OutputColumn => ({ name, personal: false });

/** Columns with people's keys of the wanted types; masked unless `open`. Several of a type are a list. */
export async function keyValues(
  needs: Pick<OutputNeeds, 'identity'>,
  personIds: readonly number[],
  keyTypes: readonly string[],
  open: boolean,
): Promise<Map<number, Record<string, OutputValue>>> {
  const columns = new Map<number, Record<string, OutputValue>>();
  if (keyTypes.length === 0 || personIds.length === 0) return columns;
  const keys = await needs.identity.keysOf([...new Set(personIds)]);
  for (const [personId, own] of keys) {
    const values: Record<string, OutputValue> = {};
    for (const type of keyTypes) {
      const texts = own
        .filter((key) => key.type === type)
        .map((key) => (open ? key.open() : key.masked))
        .sort();
      if (texts.length > 0) values[keyColumn(type)] = texts.length === 1 ? texts[0]! : texts;
    }
    columns.set(personId, values);
  }
  return columns;
}
