/** A version of a segment or tag as the API shows it. */
export function showVersion(row: {
  readonly version: number;
  readonly body: string | null;
  readonly edited_by: string;
  readonly edited_at: number;
}): { version: number; text?: string; editedBy: string; editedAt: string } {
  return {
    version: row.version,
    ...(row.body === null ? {} : { text: row.body }),
    editedBy: row.edited_by,
    editedAt: new Date(row.edited_at).toISOString(),
  };
}
