import type { linkingApi } from '@wutong/contract';

/** A table as it is being chosen. */
export interface DraftTable {
  tableId?: string | undefined;
  idColumn?: string | undefined;
  keyType?: string | undefined;
}

/** A compared column: its name in each chosen table. */
export interface DraftColumn {
  columns: string[];
  kind?: linkingApi.LearntComparison['kind'] | undefined;
}

export interface LinkingDraft {
  tables: [DraftTable, DraftTable];
  columns: DraftColumn[];
  oneMatch: linkingApi.OneMatchRule;
}

export const newDraft: LinkingDraft = { tables: [{}, {}], columns: [], oneMatch: 'auto' };

/** A draft with the settings of an earlier run. */
export function draftOf(settings: linkingApi.LinkingSettings): LinkingDraft {
  const [first, second] = settings.tables;
  return {
    tables: [{ ...first }, { ...second }],
    columns: settings.columns.map(({ columns, kind }) => ({ columns: [...columns], kind })),
    oneMatch: settings.oneMatch,
  };
}

/** The chosen tables; the second may be left out. */
export function chosenTables(draft: LinkingDraft): linkingApi.LinkingSettings['tables'] {
  return draft.tables.flatMap(({ tableId, idColumn, keyType }) =>
    tableId === undefined
      ? []
      : [{ tableId, ...(idColumn ? { idColumn } : {}), ...(keyType ? { keyType } : {}) }],
  );
}

/** The rule for matches of a record; of one table there is none to choose. */
export const chosenOneMatch = (draft: LinkingDraft): linkingApi.OneMatchRule =>
  chosenTables(draft).length > 1 ? draft.oneMatch : 'auto';

/** The compared columns by the name they have in the first table. */
export function chosenColumns(draft: LinkingDraft): linkingApi.LinkingSettings['columns'] {
  const count = chosenTables(draft).length;
  return draft.columns
    .filter(({ columns }) => columns.slice(0, count).every(Boolean))
    .map(({ columns, kind }) => ({
      name: columns[0]!,
      columns: columns.slice(0, count),
      ...(kind ? { kind } : {}),
    }));
}

/** Whether a table's ids are known: those of people are, others want a column and a key type. */
export const isComplete = ({ tableId, idColumn, keyType }: DraftTable): boolean =>
  tableId !== undefined && (tableId.startsWith('people:') || (!!idColumn && !!keyType));

const ID_NAME = /^(id|no|.*(_id|_no|number|编号|客户号|号码?)|cust.*|rec_id|unique_id|序号)$/i;

/** The column that most likely holds the ids: by its name, else the first. */
export const guessIdColumn = (columns: readonly string[]): string | undefined =>
  columns.find((name) => /^(id|rec_id|unique_id|.*_id|.*编号|客户号)$/i.test(name)) ??
  columns.find((name) => ID_NAME.test(name)) ??
  columns[0];

/** Names that mean the same in files of different systems. */
const MEANINGS: readonly RegExp[] = [
  /^(full_?name|name|姓名|客户姓名|户名|cust_?name|customer_?name)$/i,
  /^(surname|last_?name|family_?name|姓)$/i,
  /^(given_?name|first_?name|fore_?name|名)$/i,
  /^(dob|born|birth.*|date_of_birth|出生.*|生日)$/i,
  /^(mobile.*|phone.*|tel.*|cell.*|手机.*|电话.*|联系电话)$/i,
  /^(e_?mail.*|邮箱.*|电子邮.*)$/i,
  /^(addr.*|street.*|home_?address|.*地址|住址)$/i,
  /^(city.*|town|suburb|城市|所在城市|地市)$/i,
  /^(post_?code.*|zip.*|邮编|邮政编码)$/i,
  /^(gender|sex|性别)$/i,
  /^(id_?(card|number).*|cert.*|证件号.*|身份证.*|soc_sec_id|ssn)$/i,
  /^(employer.*|company.*|单位.*|工作单位)$/i,
];

const plain = (name: string): string => name.toLowerCase().replaceAll(/[\s_-]/g, '');

/** Columns of both tables that mean the same, in the order of the first; ids are left out. */
export function suggestColumns(
  own: readonly string[],
  other: readonly string[] | undefined,
  ids: readonly (string | undefined)[],
): DraftColumn[] {
  const left = own.filter((name) => name !== ids[0]);
  if (!other) return left.map((name) => ({ columns: [name] }));
  const right = other.filter((name) => name !== ids[1]);
  const taken = new Set<string>();
  return left.flatMap((name) => {
    const meaning = MEANINGS.find((each) => each.test(name));
    const match =
      right.find((each) => !taken.has(each) && plain(each) === plain(name)) ??
      right.find((each) => !taken.has(each) && meaning?.test(each));
    if (match === undefined) return [];
    taken.add(match);
    return [{ columns: [name, match] }];
  });
}
