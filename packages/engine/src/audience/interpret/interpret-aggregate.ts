import type { BoundValue } from '../bind/bound.ts';
import { dateTextOf, wallOf } from '../calendar.ts';
import { compareInterpreted } from './interpret-comparison.ts';
import type { Interpreter, Place } from './interpreter.ts';
import { rowsOf } from './rows-of.ts';
import type { Plain } from './world.ts';

type Aggregate = Extract<BoundValue, { kind: 'aggregate' }>;

/** Aggregates leave out rows without the property. Sums of nothing are 0, other aggregates of nothing missing. */
export function interpretAggregate(interpreter: Interpreter, node: Aggregate, at: Place): Plain {
  const { source } = node;
  if (node.byDay) return aggregateOf(node, [...dayValues(interpreter, node, at).values()]);
  const rows = rowsOf(interpreter, source, at);
  const { property } = source;
  const present = rows
    .map((row) => ({ row, value: property ? interpreter.value(property, row) : 1 }))
    .filter(({ value }) => value !== null);
  if (node.function === 'days') {
    const days = present.map(({ row }) => dateTextOf(wallOf((row as { time: number }).time, node.timeZone)));
    return new Set(days).size;
  }
  return aggregateOf(
    node,
    present.map(({ value }) => value),
  );
}

/** Values in order of time. */
function aggregateOf(node: Aggregate, values: readonly Plain[]): Plain {
  const numbers = values.map(Number);
  const sum = numbers.reduce((total, value) => total + value, 0);
  const sorted = values.toSorted(compareInterpreted);
  switch (node.function) {
    case 'count':
    case 'days':
      return values.length;
    case 'sum':
      return sum;
    case 'avg':
      return values.length === 0 ? null : sum / values.length;
    case 'min':
      return sorted[0] ?? null;
    case 'max':
      return sorted.at(-1) ?? null;
    case 'distinct':
      return new Set(values).size;
    case 'first':
      return values[0] ?? null;
    case 'last':
      return values.at(-1) ?? null;
    case 'nth':
      return values[(node.nth ?? 1) - 1] ?? null;
  }
}

/** The sum over details of each one's last state of the day, for days that have a state, in order. */
function dayValues(interpreter: Interpreter, node: Aggregate, at: Place): Map<string, number> {
  const { property } = node.source;
  const last = new Map<string, { time: number; version: number; value: number; day: string }>();
  for (const row of rowsOf(interpreter, node.source, at, true)) {
    if (row.kind !== 'detail') continue;
    const value = property ? interpreter.value(property, row) : 1;
    if (value === null) continue;
    const day = dateTextOf(wallOf(row.time, node.timeZone));
    const key = `${day} ${row.id}`;
    const known = last.get(key);
    const isLater =
      !known || row.time > known.time || (row.time === known.time && row.version > known.version);
    if (isLater) last.set(key, { time: row.time, version: row.version, value: Number(value), day });
  }
  const days = new Map<string, number>();
  for (const state of [...last.values()].toSorted((left, right) => (left.day < right.day ? -1 : 1))) {
    days.set(state.day, (days.get(state.day) ?? 0) + state.value);
  }
  return days;
}
