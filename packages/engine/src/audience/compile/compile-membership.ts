import type { BoundCondition, BoundValue } from '../bind/bound.ts';
import { DAY_MS } from '../calendar.ts';
import { frameOf, type Compiler, type SqlScope } from './compiler.ts';

/** Consent of the person, as valid now. */
export function compileConsents(
  compiler: Compiler,
  node: Extract<BoundCondition, { kind: 'consents' }>,
  scope: SqlScope,
): string {
  const { parameters, people } = compiler;
  const scan = frameOf(scope).scan('consent', (aggregates) => {
    const where = people ? ` WHERE ${people.present('person_id')}` : '';
    return `SELECT ${['person_id AS scan_key', ...aggregates].join(', ')} FROM consent FINAL${where} GROUP BY scan_key`;
  });
  const purpose = parameters.bind('String', node.purpose);
  const channel = parameters.bind('String', node.channel);
  return `(${scan.add(`countIf(granted AND purpose = ${purpose} AND channel = ${channel})`)} > 0)`;
}

/** Value of a tag, as last computed or set. */
export function compileTag(
  compiler: Compiler,
  node: Extract<BoundValue, { kind: 'tag' }>,
  scope: SqlScope,
): string {
  const { parameters, people } = compiler;
  const scan = frameOf(scope).scan(`tag ${node.tagId}`, (aggregates) => {
    const where = [`tag_id = ${parameters.bind('String', node.tagId)}`];
    if (people) where.push(people.present('person_id'));
    return `SELECT ${['person_id AS scan_key', ...aggregates].join(', ')} FROM tag_value FINAL WHERE ${where.join(' AND ')} GROUP BY scan_key`;
  });
  const first = 'toNullable(any(arrayElement(texts, 1)))';
  const number = 'toNullable(any(arrayElement(numbers, 1)))';
  switch (node.type) {
    case 'number':
      return scan.add(number);
    case 'boolean':
      return scan.add(`${number} = 1`);
    case 'date':
      return scan.add(`toDate32OrNull(any(arrayElement(texts, 1)))`);
    case 'instant':
      return scan.add(`fromUnixTimestamp64Milli(toInt64(${number}), 'UTC')`);
    case 'list':
      return scan.add('any(texts)');
    case 'map':
      return scan.add('any(mapFromArrays(texts, numbers))');
    case 'text':
      return scan.add(first);
  }
}

/** Membership of a segment without a rule, from its bitmap: one value, which shards are handed as it is. */
export function compileMember(
  compiler: Compiler,
  node: Extract<BoundCondition, { kind: 'member' }>,
  scope: SqlScope,
): string {
  const { parameters } = compiler;
  const segment = parameters.bind('String', node.segmentId);
  const run = parameters.bind('UInt64', node.run);
  const members = `(SELECT groupBitmapMergeState(members) FROM segment_membership WHERE segment_id = ${segment} AND run = ${run})`;
  return `bitmapContains(${members}, ${frameOf(scope).key})`;
}

/**
 * Entries into or exits from a segment within a window. A person id is the number of one of its keys, so
 * that the present person of a former one is found like that of a key.
 */
export function compileChanged(
  compiler: Compiler,
  node: Extract<BoundCondition, { kind: 'changed' }>,
  scope: SqlScope,
): string {
  const { parameters } = compiler;
  const bounds = [`direction = ${parameters.bind('String', node.direction)}`];
  if (node.window.fromMs !== undefined) bounds.push(`at >= ${parameters.instant(node.window.fromMs)}`);
  if (node.window.toMs !== undefined) bounds.push(`at < ${parameters.instant(node.window.toMs)}`);
  const scan = changeScan(compiler, node.segmentId, scope);
  return `(${scan.add(`countIf(cause IN ('computed', 'imported') AND ${bounds.join(' AND ')})`)} > 0)`;
}

/** Days since the person last entered a segment, for those who are in it now; parts of days count. */
export function compileDaysIn(
  compiler: Compiler,
  node: Extract<BoundValue, { kind: 'daysIn' }>,
  scope: SqlScope,
): string {
  const scan = changeScan(compiler, node.segmentId, scope);
  const entered = scan.add(
    "maxIf(toUnixTimestamp64Milli(at), direction = 'entered' AND cause IN ('computed', 'imported'))",
  );
  const inside = scan.add("argMax(direction, (run, direction = 'entered')) = 'entered'");
  const now = compiler.parameters.bind('Int64', Math.trunc(node.now));
  return `if(${inside} AND ${entered} > 0, toNullable((${now} - ${entered}) / ${DAY_MS}), NULL)`;
}

function changeScan(
  compiler: Compiler,
  segmentId: string,
  scope: SqlScope,
): { add(aggregate: string): string } {
  const { parameters, people } = compiler;
  return frameOf(scope).scan(`change ${segmentId}`, (aggregates) => {
    const where = [`segment_id = ${parameters.bind('String', segmentId)}`];
    if (people) where.push(people.arrived('person_id', 'person_id'));
    const person = compiler.presentPerson('person_id', 'person_id');
    return `SELECT ${[`${person} AS scan_key`, ...aggregates].join(', ')} FROM segment_change WHERE ${where.join(' AND ')} GROUP BY scan_key`;
  });
}
