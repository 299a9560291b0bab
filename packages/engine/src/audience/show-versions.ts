import type { Asker } from './asker.ts';
import type { Audience } from './front-door.ts';

interface VersionRow {
  readonly version: number;
  readonly body: string | null;
  readonly edited_by: string;
  readonly edited_at: number;
}

/** Versions of a segment or tag as the API shows them: a rule that names what the asker may not see is left out. */
export async function showVersions(
  audience: Pick<Audience, 'mayAsk'>,
  rows: readonly VersionRow[],
  asker: Asker,
): Promise<{ version: number; text?: string; editedBy: string; editedAt: string }[]> {
  const rules = rows.map(({ body }) => (body === null ? [] : [{ text: body }]));
  const mayRead = await audience.mayAsk(rules, asker);
  return rows.map((row, index) => ({
    version: row.version,
    ...(row.body === null || !mayRead[index] ? {} : { text: row.body }),
    editedBy: row.edited_by,
    editedAt: new Date(row.edited_at).toISOString(),
  }));
}
