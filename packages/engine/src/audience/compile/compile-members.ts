import type { BoundCondition, BoundQuery } from '../bind/bound.ts';
import { createCompiler, type CompileOptions } from './compile.ts';
import { existsCondition, type EventsExist } from './exists-condition.ts';
import { ALL, CONSENTS, MemberPasses } from './member-passes.ts';
import { Parameters } from './parameters.ts';

/**
 * Bitmaps of the people of several population queries. Each condition is decided where its rows are: on the person's own
 * row, or in one pass over one table; only the bitmaps meet. What asks of several tables at once shares one frame in
 * which they are joined.
 */
export interface MemberStatement {
  readonly parameters: Parameters;
  /** Query of one column, `part`: the parts that hold for people without rows in their table. */
  readonly absentSql: string | undefined;
  /** Given the answer, a query of one row, and for each population the expression over it: the bitmap of its people. */
  toSql(absent: ReadonlySet<number>): { row: string; bitmaps: string[] };
}

/** Opens a statement of the members of population queries; `options` as for any statement over people. */
export function compileMembers(queries: readonly BoundQuery[], options: CompileOptions): MemberStatement {
  const parameters = new Parameters(options.prefix);
  const passes = new MemberPasses(
    createCompiler(parameters, options, options.people?.(parameters)),
    createCompiler(parameters, options, { present: () => '0', arrived: () => '0' }),
  );
  const trees = queries.map((query) => {
    if (query.kind !== 'population') throw new Error('a value stands where a condition is needed');
    return treeOf(passes, query.where);
  });
  const { absentSql, rowSql } = passes.statement();
  return {
    parameters,
    absentSql,
    toSql: (absent) => ({
      row: rowSql(absent),
      bitmaps: trees.map((tree) => `bitmapAnd(b${ALL}, ${bitmapOf(tree)})`),
    }),
  };
}

/** Who fits a query: parts, each a bitmap, put together. */
type Tree =
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'part'; readonly part: number }
  | { readonly kind: 'not'; readonly item: Tree }
  | { readonly kind: 'and' | 'or'; readonly items: readonly Tree[] };

function treeOf(passes: MemberPasses, node: BoundCondition): Tree {
  if (node.kind === 'constant') return node;
  if (node.kind === 'not') return { kind: 'not', item: treeOf(passes, node.item) };
  if (node.kind === 'and' || node.kind === 'or') return treeOfItems(passes, node);
  const events = existsCondition(node);
  return events
    ? treeOfEvents(passes, events)
    : { kind: 'part', part: passes.decided(node, passes.passOf(node)) };
}

/** Items that one pass decides are one part of it. */
function treeOfItems(passes: MemberPasses, node: Extract<BoundCondition, { kind: 'and' | 'or' }>): Tree {
  const items: Tree[] = [];
  const byPass = new Map<string, BoundCondition[]>();
  for (const item of node.items) {
    const pass = STRUCTURES.has(item.kind) || existsCondition(item) ? undefined : passes.passOf(item);
    if (pass === undefined || pass === CONSENTS) items.push(treeOf(passes, item));
    else byPass.set(pass, [...(byPass.get(pass) ?? []), item]);
  }
  for (const [pass, together] of byPass) {
    const [only, ...more] = together;
    const condition = more.length === 0 ? only! : { kind: node.kind, items: together };
    items.push({ kind: 'part', part: passes.decided(condition, pass) });
  }
  return { kind: node.kind, items };
}

const STRUCTURES: ReadonlySet<BoundCondition['kind']> = new Set(['constant', 'and', 'or', 'not']);

function treeOfEvents(passes: MemberPasses, node: EventsExist): Tree {
  switch (node.kind) {
    case 'exists':
      return { kind: 'part', part: passes.existing(node.source) };
    case 'not':
      return { kind: 'not', item: treeOfEvents(passes, node.item) };
    case 'and':
      return { kind: 'and', items: node.items.map((item) => treeOfEvents(passes, item)) };
  }
}

function bitmapOf(tree: Tree): string {
  switch (tree.kind) {
    case 'constant':
      return tree.value ? `b${ALL}` : `bitmapAndnot(b${ALL}, b${ALL})`;
    case 'part':
      return `b${tree.part}`;
    case 'not':
      return `bitmapAndnot(b${ALL}, ${bitmapOf(tree.item)})`;
    case 'and':
      return tree.items.map(bitmapOf).reduce((left, right) => `bitmapAnd(${left}, ${right})`);
    case 'or':
      return tree.items.map(bitmapOf).reduce((left, right) => `bitmapOr(${left}, ${right})`);
  }
}
