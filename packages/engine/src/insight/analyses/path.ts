import { OTHER_GROUP, type CellOf, type PathAnswer, type PathRequest } from '@wutong/contract';
import { CodedError } from '../../platform/index.ts';
import { ANY_EVENT, isEvent, propertyText } from './event-sql.ts';
import type { PeopleQuery } from './people-query.ts';
import { answerOf, runQuery, scaled } from './run-query.ts';
import { countSteps, stepsOfBlocks, stepsOfPeople } from './path-steps.ts';
import { eventRows, resolveScope, type AnalysisNeeds, type ResolvedScope } from './scope-sql.ts';

/** Names that are told apart, by a number of 8 bits with one more for an anchor; the rarer ones are one. */
const MAXIMUM_NAMES = 200;
/** Between an event and what it is split by. */
const SPLIT = ' · ';
const MAXIMUM_LINKS = 200_000;

function rowsOf(scope: ResolvedScope, request: PathRequest): { from: string; name: string } {
  const events = request.events.length > 0 ? request.events : [{ event: ANY_EVENT, where: [] }];
  const hasConditions = events.some((event) => event.where.length > 0);
  const where = hasConditions
    ? ` and (${events.map((event) => `(${isEvent(event, scope.bindings)})`).join(' or ')})`
    : '';
  const name =
    request.splitBy === undefined
      ? 'event'
      : `concat(event, if(${propertyText(request.splitBy)} = '', '', concat('${SPLIT}', ${propertyText(request.splitBy)})))`;
  return { from: `${eventRows(scope, events)}${where}`, name };
}

async function readNames(
  needs: AnalysisNeeds,
  scope: ResolvedScope,
  request: PathRequest,
): Promise<string[]> {
  const { from, name } = rowsOf(scope, request);
  const rows = await runQuery<{ name: string }>(
    needs,
    scope,
    `select ${name} as name ${from} group by name order by count() desc, name limit ${MAXIMUM_NAMES}`,
  );
  const names = rows.map((row) => row.name);
  // The anchor must be told apart, however rare it is.
  const anchor = request.anchor?.event;
  return anchor === undefined || request.splitBy !== undefined || names.includes(anchor)
    ? names
    : [...names, anchor];
}

/** Numbers of the names that are the anchor: split by a property, an event has several. */
function anchorsOf(request: PathRequest, names: readonly string[]): number[] | undefined {
  const anchor = request.anchor?.event;
  if (anchor === undefined) return undefined;
  const isAnchor = (name: string) =>
    name === anchor || (request.splitBy !== undefined && name.startsWith(`${anchor}${SPLIT}`));
  return names.flatMap((name, index) => (isAnchor(name) ? [index + 1] : []));
}

/** Steps of all paths, in blocks of people. The number of a name counts from 1; 0 is any other name. */
function pathSteps(scope: ResolvedScope, request: PathRequest, names: readonly string[]): string {
  const { from, name } = rowsOf(scope, request);
  const numbers = names.map((_, index) => index + 1);
  const number = `transform(${name}, ${scope.bindings.bind('Array(String)', names)}, [${numbers.join(', ')}]::Array(UInt8), 0::UInt8)`;
  return stepsOfBlocks(request, from, number, anchorsOf(request, names));
}

interface StepRow {
  level: number;
  name: number;
  /** −1: the path ended here. */
  next: number;
  paths: number;
  firsts: number;
}

const readSteps = (needs: AnalysisNeeds, scope: ResolvedScope, steps: string): Promise<StepRow[]> =>
  runQuery<StepRow>(
    needs,
    scope,
    `${countSteps(steps)} order by paths desc, level, name, next limit ${MAXIMUM_LINKS}`,
  );

/** What people do next. @throws CodedError analysis_invalid, eql_invalid, analysis_too_slow, analysis_too_large */
export async function analysePath(needs: AnalysisNeeds, request: PathRequest): Promise<PathAnswer> {
  const startedAt = performance.now();
  const scope = await resolveScope(needs, request);
  const names = await readNames(needs, scope, request);
  const rows = await readSteps(needs, scope, pathSteps(scope, request, names));
  const firstLevel = rows.filter((row) => row.level === 0);
  const people = firstLevel.reduce((sum, row) => sum + row.firsts, 0);
  return {
    ...answerOf(scope, people, startedAt),
    paths: scaled(
      firstLevel.reduce((sum, row) => sum + row.paths, 0),
      scope,
    ),
    people: scaled(people, scope),
    ...drawPaths(rows, names, request.maximumNodes, scope),
  };
}

/** Nodes and links with the rarer names of each level together. */
function drawPaths(
  rows: readonly StepRow[],
  names: readonly string[],
  maximumNodes: number,
  scope: ResolvedScope,
): Pick<PathAnswer, 'nodes' | 'links'> {
  const shownAt = shownNames(rows, maximumNodes);
  const nameAt = (level: number, name: number): string =>
    name > 0 && shownAt.get(level)?.has(name) ? names[name - 1]! : OTHER_GROUP;
  const nodes = new Map<string, PathAnswer['nodes'][number]>();
  const links = new Map<string, PathAnswer['links'][number]>();
  for (const row of rows) {
    const from = nameAt(row.level, row.name);
    const nodeKey = `${row.level}\u001f${from}`;
    const node = nodes.get(nodeKey) ?? { level: row.level, name: from, paths: 0, ended: 0 };
    node.paths += row.paths;
    if (row.next < 0) node.ended += row.paths;
    nodes.set(nodeKey, node);
    if (row.next < 0) continue;
    const to = nameAt(row.level + 1, row.next);
    const linkKey = `${nodeKey}\u001f${to}`;
    const link = links.get(linkKey) ?? { level: row.level, from, to, paths: 0 };
    link.paths += row.paths;
    links.set(linkKey, link);
  }
  const byPaths = (one: { level: number; paths: number }, other: { level: number; paths: number }) =>
    one.level - other.level || other.paths - one.paths;
  return {
    nodes: [...nodes.values()]
      .sort(byPaths)
      .map((node) => ({ ...node, paths: scaled(node.paths, scope), ended: scaled(node.ended, scope) })),
    links: [...links.values()].sort(byPaths).map((link) => ({ ...link, paths: scaled(link.paths, scope) })),
  };
}

function shownNames(rows: readonly StepRow[], maximumNodes: number): Map<number, Set<number>> {
  const counts = new Map<number, Map<number, number>>();
  for (const { level, name, paths } of rows) {
    const names = counts.get(level) ?? new Map<number, number>();
    counts.set(level, names.set(name, (names.get(name) ?? 0) + paths));
  }
  return new Map(
    [...counts].map(([level, names]) => {
      const largest = [...names].sort((one, other) => other[1] - one[1]).slice(0, maximumNodes);
      return [level, new Set(largest.map(([name]) => name))];
    }),
  );
}

/** People with a path through a node, or through a link. */
export async function peopleOfPath(
  needs: AnalysisNeeds,
  request: PathRequest,
  cell: CellOf<'path'>,
): Promise<PeopleQuery> {
  const scope = await resolveScope(needs, request);
  const names = await readNames(needs, scope, request);
  const steps = pathSteps(scope, request, names);
  const isOther = cell.name === OTHER_GROUP || cell.next === OTHER_GROUP;
  const shownAt = isOther
    ? shownNames(await readSteps(needs, scope, steps), request.maximumNodes)
    : new Map<number, Set<number>>();
  const is = (column: 'name' | 'next', level: number, name: string): string => {
    if (name === OTHER_GROUP) {
      // Numbers below 0 are no node; 0 is a rare name, whether or not it is among the largest.
      const named = [...(shownAt.get(level) ?? [])].filter((number) => number > 0);
      return `${column} >= 0${named.length === 0 ? '' : ` and ${column} not in (${named.join(', ')})`}`;
    }
    const place = names.indexOf(name);
    if (place < 0) throw new CodedError('analysis_invalid', { details: { reason: 'no_such_node', name } });
    return `${column} = ${place + 1}`;
  };
  const next = cell.next === undefined ? '' : ` and ${is('next', cell.level + 1, cell.next)}`;
  return {
    scope,
    sql: `select person from (${stepsOfPeople(steps)})
      where level = ${scope.bindings.integer(cell.level)} and ${is('name', cell.level, cell.name)}${next}`,
  };
}
