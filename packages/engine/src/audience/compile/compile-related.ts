import type { BoundCondition, BoundRelationSource, BoundValue } from '../bind/bound.ts';
import { aggregateSql } from './aggregate-sql.ts';
import { frameOf, type Compiler, type SqlScope } from './compiler.ts';
import { detailCondition } from './detail-rows.ts';
import { detailScan } from './detail-scan.ts';
import { Frame, type Scan } from './frame.ts';

/** `any`, `all` and `none` are counts of rows that fit, or that do not; `all` of nothing is true. */
export function compileRelated(
  compiler: Compiler,
  node: Extract<BoundCondition, { kind: 'related' }>,
  scope: SqlScope,
): string {
  const frame = frameOf(scope);
  const { source } = node;
  const count = (condition: string): string =>
    node.quantifier === 'all' ? `countIf(NOT (${condition}))` : `countIf(${condition})`;
  const test = node.quantifier === 'any' ? '> 0' : '= 0';
  if (source.kind === 'relation') {
    const links = relationScan(compiler, source, frame);
    return `(${links.scan.add(count(links.condition(source.where)))} ${test})`;
  }
  const { scan, rows } = detailScan(compiler, source, frame);
  if (node.quantifier !== 'all') {
    return `(${scan.add(count(detailCondition(compiler, source, rows.scope)))} ${test})`;
  }
  // The window says which details are meant, the condition what all of them must fulfil.
  const inside = detailCondition(compiler, { ...source, where: undefined }, rows.scope);
  const fulfilled = source.where ? compiler.condition(source.where, rows.scope) : '1';
  return `(${scan.add(`countIf(${inside} AND NOT (${fulfilled}))`)} = 0)`;
}

/** An aggregate over what stands at the far ends of a relation. */
export function compileRelationAggregate(
  compiler: Compiler,
  node: Extract<BoundValue, { kind: 'aggregate' }>,
  source: BoundRelationSource,
  frame: Frame,
): string {
  const links = relationScan(compiler, source, frame);
  const property = source.property && links.value(source.property);
  const condition = links.condition(source.where);
  return links.scan.add(aggregateSql({ ...node, nth: node.nth, property, condition, order: 'far_id' }));
}

/** A relation's pass: conditions and values of the far ends become columns of one far frame. */
interface RelationScan {
  readonly scan: Scan;
  condition(where: BoundCondition | undefined): string;
  value(node: BoundValue): string;
}

const openScans = new WeakMap<Frame, Map<string, RelationScan>>();

function relationScan(compiler: Compiler, source: BoundRelationSource, frame: Frame): RelationScan {
  let byRelation = openScans.get(frame);
  if (!byRelation) openScans.set(frame, (byRelation = new Map<string, RelationScan>()));
  const name = `relation ${source.relationType} ${source.reversed ? 'to' : 'from'}`;
  let opened = byRelation.get(name);
  if (!opened) byRelation.set(name, (opened = openRelation(compiler, source, frame, name)));
  return opened;
}

function openRelation(
  compiler: Compiler,
  source: BoundRelationSource,
  frame: Frame,
  name: string,
): RelationScan {
  const inner = compiler.unrestricted();
  const far = new Frame(inner.people, source.far);
  const scope: SqlScope = { kind: 'frame', frame: far };
  const columns = new Map<string, string>();
  const column = (sql: string): string => {
    let alias = columns.get(sql);
    if (alias === undefined) columns.set(sql, (alias = `v${columns.size}`));
    return alias;
  };
  return {
    scan: frame.scan(name, (aggregates) => {
      const values = [...columns].map(([sql, alias]) => `${sql} AS ${alias}`);
      const ends = `SELECT ${['frame_key AS far_key', ...values].join(', ')} FROM (${far.toSql()})`;
      return `SELECT ${['scan_key', ...aggregates].join(', ')} FROM (${linksSql(compiler, source)}) AS links
        INNER JOIN (${ends}) AS ends ON ends.far_key = links.far_id GROUP BY scan_key`;
    }),
    condition: (where) => (where ? column(inner.condition(where, scope)) : '1'),
    value: (node) => column(inner.value(node, scope)),
  };
}

/** Pairs of ends, each once, of the relations that are valid now. */
function linksSql(compiler: Compiler, source: BoundRelationSource): string {
  const { parameters } = compiler;
  const [near, far] = source.reversed ? (['to', 'from'] as const) : (['from', 'to'] as const);
  const end = (side: 'from' | 'to', kind: 'person' | 'entity' | 'detail' | 'event'): string =>
    kind === 'person' ? compiler.presentPerson(`${side}_person_id`, `${side}_key_number`) : `${side}_id`;
  const typeOf = (subject: BoundRelationSource['near']): string =>
    subject.kind === 'entity' ? subject.type : 'person';
  const now = parameters.instant(compiler.now);
  const where = [
    `relation_type = ${parameters.bind('String', source.relationType)}`,
    `${near}_type = ${parameters.bind('String', typeOf(source.near))}`,
    `${far}_type = ${parameters.bind('String', typeOf(source.far))}`,
    `valid_from <= ${now}`,
    `valid_to > ${now}`,
  ];
  if (compiler.people && source.near.kind === 'person') {
    where.push(compiler.people.arrived(`${near}_person_id`, `${near}_key_number`));
  }
  return `SELECT DISTINCT ${end(near, source.near.kind)} AS scan_key, ${end(far, source.far.kind)} AS far_id FROM relation FINAL WHERE ${where.join(' AND ')}`;
}
