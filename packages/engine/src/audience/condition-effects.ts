import { formatCondition, type Condition } from '@wutong/contract';
import type { Platform } from '../platform/index.ts';
import type { BoundCondition } from './bind/bound.ts';
import type { SharedStatement } from './compile/compile.ts';
import type { ExpressionEffects } from './front-door.ts';
import type { PreparedExpression } from './prepare-expression.ts';
import { openStatement, run } from './run-expression.ts';

/** Conditions whose effect is told, in reading order; the others are evaluated, but not told apart. */
const TOLD_CONDITIONS = 60;

/** A node of a rule's logic, or a single condition at its ends. */
interface Part {
  readonly path: string;
  readonly kind: 'and' | 'or' | 'not' | 'condition';
  /** Absent: the conditions of a group that are too many to be told one by one. */
  readonly node: Condition | undefined;
  /** Places in reading order: of the part itself, and of the last part inside it. */
  readonly place: number;
  readonly lastPlace: number;
  readonly items: readonly Part[];
  /** Column of a single condition. */
  readonly column: string | undefined;
}

/**
 * What each condition of a rule does: how many people it describes alone, how many the rule would describe
 * without it, and how many are left when the rule is read up to it. All of it in one pass over each table.
 */
export async function conditionEffects(
  platform: Platform,
  prepared: PreparedExpression,
  now: number,
): Promise<ExpressionEffects> {
  const startedAt = performance.now();
  const statement = openStatement(prepared, now);
  const { query, document } = prepared;
  const columns: string[] = [];
  const told: Part[] = [];
  let isComplete = true;
  if (query.kind === 'population' && document.kind === 'population' && document.where) {
    const reading = readParts(statement, query, columns, told);
    reading.part(document.where, query.where, 'where');
    isComplete = reading.isComplete();
  }
  const root = told[0];
  const counts = told.flatMap((part, index) => [
    `countIf(${sqlOf(part, () => false) ?? '1'}) AS own${index}`,
    `countIf(${(root && sqlOf(root, (other) => other === part)) ?? '1'}) AS without${index}`,
    `countIf(${(root && sqlOf(root, (other) => other.place > part.lastPlace)) ?? '1'}) AS remaining${index}`,
  ]);
  const rows = await run<Record<string, number>>(
    platform.clickhouse,
    `SELECT ${['count() AS total', ...counts].join(', ')} FROM (SELECT ${['frame_key', ...columns].join(', ')} FROM (${statement.rows()}))`,
    statement.parameters.values,
  );
  const row = rows[0] ?? {};
  const total = row['total'] ?? 0;
  const count = root ? (row['own0'] ?? 0) : total;
  return {
    count,
    total,
    tookMs: Math.round((performance.now() - startedAt) * 10) / 10,
    isComplete,
    conditions: told.map((part, index) => ({
      path: part.path,
      kind: part.kind,
      text: part.node ? formatCondition(part.node) : '',
      count: row[`own${index}`] ?? 0,
      without: row[`without${index}`] ?? 0,
      removes: (row[`without${index}`] ?? 0) - count,
      remaining: row[`remaining${index}`] ?? 0,
    })),
  };
}

type PopulationQuery = Extract<PreparedExpression['query'], { kind: 'population' }>;

/** Reads the logic of a rule into parts; single conditions become columns, parts that are told are noted. */
function readParts(
  statement: SharedStatement,
  query: PopulationQuery,
  columns: string[],
  told: Part[],
): { part(node: Condition, bound: BoundCondition, path: string): Part; isComplete(): boolean } {
  let complete = true;
  const columnOf = (where: BoundCondition): string => {
    const name = `e${columns.length}`;
    columns.push(`toUInt8(${statement.condition({ ...query, where })}) AS ${name}`);
    return name;
  };
  const part = (node: Condition, bound: BoundCondition, path: string): Part => {
    const place = told.length;
    const known = { path, node, place };
    // Its place is taken before those of the parts inside.
    const note = (made: Part): Part => (told[place] = made);
    note({ ...known, kind: 'condition', lastPlace: place, items: [], column: undefined });
    if (node.kind === 'not' && bound.kind === 'not') {
      const items = groupItems([node.item], [bound.item], () => `${path}.item`, 'and');
      return note({ ...known, kind: 'not', lastPlace: told.length - 1, items, column: undefined });
    }
    if ((node.kind === 'and' || node.kind === 'or') && bound.kind === node.kind) {
      const items = groupItems(node.items, bound.items, (index) => `${path}.items[${index}]`, node.kind);
      return note({ ...known, kind: node.kind, lastPlace: told.length - 1, items, column: undefined });
    }
    return note({ ...known, kind: 'condition', lastPlace: place, items: [], column: columnOf(bound) });
  };
  const groupItems = (
    nodes: readonly Condition[],
    bounds: readonly BoundCondition[],
    pathOf: (index: number) => string,
    kind: 'and' | 'or',
  ): Part[] => {
    const items: Part[] = [];
    for (const [index, node] of nodes.entries()) {
      if (told.length < TOLD_CONDITIONS) {
        items.push(part(node, bounds[index]!, pathOf(index)));
        continue;
      }
      complete = false;
      const rest: BoundCondition = { kind, items: bounds.slice(index) };
      const place = Number.POSITIVE_INFINITY;
      const column = columnOf(rest);
      items.push({
        path: '',
        kind: 'condition',
        node: undefined,
        place,
        lastPlace: place,
        items: [],
        column,
      });
      break;
    }
    return items;
  };
  return { part, isComplete: () => complete };
}

/** SQL of a part without those left out; undefined when nothing of it is left. */
function sqlOf(part: Part, isLeftOut: (part: Part) => boolean): string | undefined {
  if (isLeftOut(part)) return undefined;
  if (part.kind === 'condition') return part.column;
  const items = part.items.flatMap((item) => sqlOf(item, isLeftOut) ?? []);
  if (items.length === 0) return undefined;
  if (part.kind === 'not') return `(NOT ${items[0]})`;
  return items.length === 1 ? items[0] : `(${items.join(part.kind === 'and' ? ' AND ' : ' OR ')})`;
}
