/** Definitions that say the same: they would be computed twice, and drift apart when one is edited. */
import { formatEql, parseEql } from '@wutong/contract';

interface Defined {
  id: string;
  text?: string | undefined;
}

/** The one canonical form of an expression; a text that cannot be read is its own form. */
export function canonicalText(text: string): string {
  const parsed = parseEql(text);
  return parsed.document ? formatEql(parsed.document) : text.trim();
}

/** For each definition that has others like it, the ids of the others. */
export function duplicatesOf(items: readonly Defined[]): ReadonlyMap<string, readonly string[]> {
  const byForm = new Map<string, string[]>();
  for (const { id, text } of items) {
    if (!text) continue;
    const form = canonicalText(text);
    byForm.set(form, [...(byForm.get(form) ?? []), id]);
  }
  const others = new Map<string, readonly string[]>();
  for (const ids of byForm.values()) {
    if (ids.length < 2) continue;
    for (const id of ids)
      others.set(
        id,
        ids.filter((each) => each !== id),
      );
  }
  return others;
}
