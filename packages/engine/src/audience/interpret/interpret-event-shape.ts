import type { BoundValue } from '../bind/bound.ts';
import { DAY_MS, startOf, wallOf } from '../calendar.ts';
import { compareInterpreted } from './interpret-comparison.ts';
import type { Interpreter, Place } from './interpreter.ts';
import { rowsOf } from './rows-of.ts';
import type { Plain } from './world.ts';

type ShapeNode = Extract<BoundValue, { kind: 'activeShare' | 'streak' | 'gap' | 'top' | 'distribution' }>;

/** How a person's events lie in time, and over the values of a property. */
export function interpretEventShape(interpreter: Interpreter, node: ShapeNode, at: Place): Plain {
  const rows = rowsOf(interpreter, node.source, at) as Extract<Place, { kind: 'event' }>[];
  const times = rows.map((row) => row.time);
  switch (node.kind) {
    case 'activeShare': {
      const buckets = times.map((time) =>
        Math.min(node.buckets - 1, Math.floor((node.now - time) / node.bucketMs)),
      );
      return new Set(buckets).size / node.buckets;
    }
    case 'streak':
      return longestRun(times.map((time) => unitNumber(time, node)));
    case 'gap':
      return gapOf(times, node.measure);
    case 'top':
    case 'distribution':
      return weighed(interpreter, node, rows);
  }
}

function unitNumber(time: number, node: Extract<ShapeNode, { kind: 'streak' }>): number {
  const start = startOf(wallOf(time, node.source.timeZone), node.by);
  const date = new Date(start);
  const month = date.getUTCFullYear() * 12 + date.getUTCMonth();
  switch (node.by) {
    case 'day':
      return start / DAY_MS;
    case 'week':
      return Math.floor((start / DAY_MS + 3) / 7);
    case 'month':
      return month;
    case 'quarter':
      return Math.floor(month / 3);
    case 'year':
      return date.getUTCFullYear();
  }
}

function longestRun(units: readonly number[]): number {
  const all = new Set(units);
  let longest = 0;
  for (const unit of all) {
    let length = 1;
    while (all.has(unit + length)) length++;
    longest = Math.max(longest, length);
  }
  return longest;
}

function gapOf(times: readonly number[], measure: 'average' | 'variation'): Plain {
  const gaps = times.slice(1).map((time, index) => time - times[index]!);
  if (gaps.length === 0) return null;
  const average = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  if (measure === 'average') return average / DAY_MS;
  if (gaps.length < 2 || average === 0) return null;
  const variance = gaps.reduce((sum, gap) => sum + (gap - average) ** 2, 0) / gaps.length;
  return Math.sqrt(variance) / average;
}

function weighed(
  interpreter: Interpreter,
  node: Extract<ShapeNode, { kind: 'top' | 'distribution' }>,
  rows: readonly Place[],
): Plain {
  const weights = new Map<string | number, number>();
  for (const row of rows) {
    const value = interpreter.value(node.source.property!, row);
    if (typeof value !== 'string' && typeof value !== 'number') continue;
    const weight = node.kind === 'top' && node.weight ? Number(interpreter.value(node.weight, row) ?? 0) : 1;
    weights.set(value, (weights.get(value) ?? 0) + weight);
  }
  // A value whose weights add up to nothing is not preferred.
  const held = [...weights].filter(([, weight]) => weight !== 0);
  if (node.kind === 'top') {
    return held
      .toSorted((left, right) => right[1] - left[1] || compareInterpreted(left[0], right[0]))
      .slice(0, node.amount)
      .map(([value]) => String(value));
  }
  const total = held.reduce((sum, [, weight]) => sum + weight, 0);
  return new Map(held.map(([value, weight]) => [String(value), weight / total]));
}
