import { formatEql } from '@wutong/contract';
import type { GovernedRow } from './governance-store.ts';

/** Segments or tags that are the same in one respect. */
export interface DuplicateGroup {
  readonly reason: 'rule' | 'members';
  readonly kind: 'segment' | 'tag';
  readonly rows: readonly GovernedRow[];
}

/**
 * What says the same (the canonical text of the rule, the order of the parts of an `and` or `or` left aside), and
 * what has the same members. A group by members that is one by rule already is told once.
 */
export function findDuplicates(
  rows: readonly GovernedRow[],
  memberHashes: ReadonlyMap<string, string>,
): DuplicateGroup[] {
  const present = rows.filter((row) => !row.archived);
  const byRule = grouped(present, (row) => (row.document ? canonicalText(row.document) : undefined));
  const byMembers = grouped(present, (row) =>
    row.kind === 'segment' && (row.people ?? 0) > 0 ? memberHashes.get(row.id) : undefined,
  );
  const known = new Set(byRule.map(nameOf));
  return [
    ...byRule.map((group) => ({ reason: 'rule' as const, kind: group[0]!.kind, rows: group })),
    ...byMembers
      .filter((group) => !known.has(nameOf(group)))
      .map((group) => ({ reason: 'members' as const, kind: group[0]!.kind, rows: group })),
  ];
}

const nameOf = (group: readonly GovernedRow[]): string =>
  group.map((row) => `${row.kind}:${row.id}`).join(' ');

function grouped(
  rows: readonly GovernedRow[],
  keyOf: (row: GovernedRow) => string | undefined,
): GovernedRow[][] {
  const groups = new Map<string, GovernedRow[]>();
  for (const row of rows) {
    const key = keyOf(row);
    if (key === undefined) continue;
    const group = groups.get(`${row.kind} ${key}`);
    if (group) group.push(row);
    else groups.set(`${row.kind} ${key}`, [row]);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}

function canonicalText(document: NonNullable<GovernedRow['document']>): string {
  const text = formatEql(sorted(document) as typeof document);
  return text;
}

/** The same document with the items of every `and` and `or` in one order, whichever they were written in. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, sorted(inner)]));
  const { kind, items } = copy;
  if ((kind === 'and' || kind === 'or') && Array.isArray(items)) {
    const texts = new Map(items.map((item: unknown) => [item, JSON.stringify(item)]));
    copy['items'] = items.toSorted((left, right) => (texts.get(left)! < texts.get(right)! ? -1 : 1));
  }
  return copy;
}
