import type { Transaction } from '../platform/index.ts';
import { selectSuppliers } from './supplier-store.ts';
import { countTasks } from './task-store.ts';

/** A supplier in one line. */
export interface SupplierLine {
  readonly supplierId: string;
  readonly name: string;
  /** Active, and its session is up or it needs none. */
  readonly healthy: boolean;
}

export async function reportSuppliers(transaction: Transaction): Promise<SupplierLine[]> {
  const rows = await selectSuppliers(transaction);
  return rows.map((row) => ({
    supplierId: row.supplier_id,
    name: row.name,
    healthy: row.state === 'active' && row.link !== 'down',
  }));
}

/** Tasks that wait for an outcome. */
export async function countOpenTasks(transaction: Transaction): Promise<number> {
  const counts = await countTasks(transaction, {});
  return (counts['open'] ?? 0) + (counts['claimed'] ?? 0);
}
