import type { Database } from '../../platform/index.ts';
import { selectPersonal } from '../plan-store.ts';

/** By event: the properties that the tracking plan calls personal. */
export async function personalProperties(database: Database): Promise<Map<string, Set<string>>> {
  const personal = new Map<string, Set<string>>();
  for (const { event, property } of await selectPersonal(database)) {
    personal.set(event, (personal.get(event) ?? new Set()).add(property));
  }
  return personal;
}
