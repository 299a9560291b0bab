import type { EqlDocument } from '@wutong/contract';
import type { Transaction } from '../platform/index.ts';
import type { EqlType } from './bind/bound.ts';
import type { TradingCalendar } from './calendar.ts';
import type { NamedSegment, NamedTag } from './catalogue.ts';
import { SHARING_COLUMNS, type Sharing } from './sharing.ts';

/** Segments that expressions may name; archived ones keep their name for those that still use them. */
export async function selectNamedSegments(transaction: Transaction): Promise<NamedSegment[]> {
  const rows = await transaction.query<
    Sharing & { segment_id: string; name: string; document: EqlDocument | null; run: number }
  >(
    `select segment_id, name, case when kind = 'rule' then document end as document, run, ${SHARING_COLUMNS}
     from audience.segment order by archived, segment_id`,
  );
  return rows.map((row) => ({
    segmentId: row.segment_id,
    name: row.name,
    document: row.document ?? undefined,
    run: row.run,
    sharing: row,
  }));
}

export async function selectNamedTags(transaction: Transaction): Promise<NamedTag[]> {
  const rows = await transaction.query<Sharing & { tag_id: string; name: string; value_type: EqlType }>(
    `select tag_id, name, value_type, ${SHARING_COLUMNS} from audience.tag order by archived, tag_id`,
  );
  return rows.map((row) => ({ tagId: row.tag_id, name: row.name, type: row.value_type, sharing: row }));
}

/** Days on which the bank departs from the week. */
export async function selectCalendar(transaction: Transaction): Promise<TradingCalendar> {
  const rows = await transaction.query<{ day: string; open: boolean }>(
    `select to_char(day, 'YYYY-MM-DD') as day, open from audience.calendar_day`,
  );
  return {
    open: new Set(rows.filter((row) => row.open).map((row) => row.day)),
    closed: new Set(rows.filter((row) => !row.open).map((row) => row.day)),
  };
}
