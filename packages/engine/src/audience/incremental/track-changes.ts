import { createHash } from 'node:crypto';
import type { BoundQuery } from '../bind/bound.ts';

/**
 * Conditions and values that change for a person only by what the kept counts log: events of their slots,
 * windows that move over events, the person's attributes and consents, merges and splits. Others can change
 * by the mere passing of time, or by rows that are not the person's.
 */
const TRACKED_KINDS = new Set([
  'population',
  'person',
  'constant',
  'and',
  'or',
  'not',
  'compare',
  'oneOf',
  'text',
  'listHas',
  'missing',
  'consents',
  'member',
  'literal',
  'field',
  'arithmetic',
  'call',
]);

/** Whether the members of a rule can be brought up to date by looking at the people in the log only. */
export function isTracked(query: BoundQuery): boolean {
  const waiting: unknown[] = [query];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next !== 'object' || next === null) continue;
    const node = next as { kind?: string; source?: { kind?: string } };
    // Which events count is the slot's matter.
    if (node.kind === 'aggregate' && node.source?.kind === 'event') continue;
    if (node.kind !== undefined && !TRACKED_KINDS.has(node.kind)) return false;
    waiting.push(...Object.values(next));
  }
  return true;
}

/** Name of a bound rule that stays the same while its windows move, and changes with everything else. */
export function ruleSignature(query: BoundQuery): string {
  const text = JSON.stringify(query, function leaveWindows(this: { kind?: string }, key, value: unknown) {
    return key === 'window' && this.kind === 'event' ? undefined : value;
  });
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
