import type { BoundValue } from '../bind/bound.ts';
import { DAY_MS } from '../calendar.ts';
import { frameOf, type Compiler, type SqlScope } from './compiler.ts';
import { eventRow, eventScan } from './event-rows.ts';
import { zoneLiteral } from './parameters.ts';

type Of<Kind extends BoundValue['kind']> = Extract<BoundValue, { kind: Kind }>;
type ShapeNode = Of<'activeShare' | 'streak' | 'gap' | 'top' | 'distribution'>;

/** Values that look at how a person's events lie: in which weeks, how far apart, with which properties. */
export function compileEventShape(compiler: Compiler, node: ShapeNode, scope: SqlScope): string {
  switch (node.kind) {
    case 'activeShare':
      return compileActiveShare(compiler, node, scope);
    case 'streak':
      return compileStreak(compiler, node, scope);
    case 'gap':
      return compileGap(compiler, node, scope);
    case 'top':
      return compileTop(compiler, node, scope);
    case 'distribution':
      return compileDistribution(compiler, node, scope);
  }
}

/** Buckets count back from now, so that the last one ends now. */
function compileActiveShare(compiler: Compiler, node: Of<'activeShare'>, scope: SqlScope): string {
  const now = compiler.parameters.bind('Int64', Math.trunc(node.now));
  const bucket = `intDiv(${now} - toUnixTimestamp64Milli(time), ${node.bucketMs})`;
  // The window includes its first instant, which alone would begin one bucket more.
  const clipped = `least(${bucket}, ${node.buckets - 1})`;
  const column = eventScan(compiler, frameOf(scope)).add(
    node.source,
    (condition) => `uniqExactIf(${clipped}, ${condition})`,
  );
  return `(${column} / ${node.buckets})`;
}

/** Number of the calendar unit since 1970, so that neighbours differ by one. */
function unitNumber(node: Of<'streak'>): string {
  const zone = zoneLiteral(node.source.timeZone);
  const day = `toInt64(toDate32(time, ${zone}))`;
  const month = `(toYear(time, ${zone}) * 12 + toMonth(time, ${zone}))`;
  switch (node.by) {
    case 'day':
      return day;
    case 'week':
      // 1970-01-01 was a Thursday, three days after a Monday.
      return `intDiv(${day} + 3, 7)`;
    case 'month':
      return `toInt64(${month})`;
    case 'quarter':
      return `toInt64(intDiv(${month} - 1, 3))`;
    case 'year':
      return `toInt64(toYear(time, ${zone}))`;
  }
}

function compileStreak(compiler: Compiler, node: Of<'streak'>, scope: SqlScope): string {
  return eventScan(compiler, frameOf(scope)).add(node.source, (condition) => {
    const units = `arraySort(groupUniqArrayIf(${unitNumber(node)}, ${condition}))`;
    // Units in a run differ from their position by the same number: the longest run is the commonest one.
    const runs = `arrayMap((unit, position) -> unit - position, ${units}, arrayEnumerate(${units}))`;
    return `arrayMax(arrayConcat([toUInt32(0)], arrayEnumerateUniq(${runs})))`;
  });
}

/** Days between neighbouring events; needs two events for an average and three for a variation. */
function compileGap(compiler: Compiler, node: Of<'gap'>, scope: SqlScope): string {
  return eventScan(compiler, frameOf(scope)).add(node.source, (condition) => {
    const times = `toUnixTimestamp64Milli(time)`;
    if (node.measure === 'average') {
      const days = `(maxIf(${times}, ${condition}) - minIf(${times}, ${condition})) / ${DAY_MS}`;
      return `if(countIf(${condition}) > 1, toNullable(${days} / (countIf(${condition}) - 1)), NULL)`;
    }
    const gaps = `arrayPopFront(arrayDifference(arraySort(groupArrayIf(${times}, ${condition}))))`;
    const deviation = `arrayReduce('stddevPop', ${gaps})`;
    const average = `arrayReduce('avg', ${gaps})`;
    return `if(countIf(${condition}) > 2, toNullable(${deviation}) / nullIf(${average}, 0), NULL)`;
  });
}

/** Weight of each value of the property; values in the order of letters or numbers where weights are equal. */
function weights(compiler: Compiler, node: Of<'top' | 'distribution'>, condition: string): string {
  const property = compiler.value(node.source.property!, eventRow);
  const weight =
    node.kind === 'top' && node.weight
      ? `ifNull(${compiler.value(node.weight, eventRow)}, 0)`
      : 'toFloat64(1)';
  return `sumMapIf([assumeNotNull(${property})], [${weight}], ${condition} AND isNotNull(${property}))`;
}

function compileTop(compiler: Compiler, node: Of<'top'>, scope: SqlScope): string {
  return eventScan(compiler, frameOf(scope)).add(node.source, (condition) => {
    const sums = weights(compiler, node, condition);
    // The engine computes the repeated aggregate once.
    const sorted = `arraySort(pair -> (-pair.2, pair.1), arrayZip((${sums}).1, (${sums}).2))`;
    return `arrayMap(pair -> toString(pair.1), arraySlice(${sorted}, 1, ${Math.trunc(node.amount)}))`;
  });
}

function compileDistribution(compiler: Compiler, node: Of<'distribution'>, scope: SqlScope): string {
  return eventScan(compiler, frameOf(scope)).add(node.source, (condition) => {
    const sums = weights(compiler, node, condition);
    return `mapFromArrays((${sums}).1, arrayMap(weight -> weight / arraySum((${sums}).2), (${sums}).2))`;
  });
}
