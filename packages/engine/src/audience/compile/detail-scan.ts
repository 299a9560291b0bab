import type { BoundDetailSource } from '../bind/bound.ts';
import type { Compiler } from './compiler.ts';
import { detailRows, type DetailRows } from './detail-rows.ts';
import type { Frame, Scan } from './frame.ts';

const openRows = new WeakMap<Frame, Map<string, DetailRows>>();

/** The pass over a detail table, shared by all conditions of a frame on it. */
export function detailScan(
  compiler: Compiler,
  source: BoundDetailSource,
  frame: Frame,
): { scan: Scan; rows: DetailRows } {
  let byTable = openRows.get(frame);
  if (!byTable) openRows.set(frame, (byTable = new Map<string, DetailRows>()));
  let rows = byTable.get(source.detail.table);
  if (!rows) byTable.set(source.detail.table, (rows = detailRows(compiler, source, false)));
  const opened = rows;
  const scan = frame.scan(source.detail.table, (aggregates) =>
    opened.groupedSql({ select: ['scan_owner AS scan_key', ...aggregates], groupBy: 'scan_key' }),
  );
  return { scan, rows };
}
