import type { Database } from '../../platform/index.ts';
import { selectPlan } from '../plan-store.ts';

/** By event: the properties that the tracking plan calls personal. */
export async function personalProperties(database: Database): Promise<Map<string, Set<string>>> {
  const personal = new Map<string, Set<string>>();
  for (const { event, property, pii_class } of (await selectPlan(database)).properties) {
    if (pii_class === 'none') continue;
    personal.set(event, (personal.get(event) ?? new Set()).add(property));
  }
  return personal;
}
