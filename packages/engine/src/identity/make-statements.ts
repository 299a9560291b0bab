import { assertionIdOf, type Statement } from './assertion-store.ts';
import type { KeyCache } from './key-cache.ts';
import type { BatchKey, LinkingRecord } from './prepare-batch.ts';

const DAY_MS = 86_400_000;

/**
 * The statements of a batch that may be new, each once. A statement that the log is known to hold with
 * wider times is left out.
 */
export function makeStatements(records: readonly LinkingRecord[], cache: KeyCache): Statement[] {
  const drafts = new Map<string, Draft>();
  for (const { keys, record } of records) {
    const { link, at, sourceId, messageId } = record;
    if (link === 'none' || (keys.length < 2 && link !== 'unbind')) continue;
    const lastAt = link === 'seen' ? startOfDay(at) : at;
    const name = nameOf(link, keys);
    const draft = drafts.get(name);
    if (draft) {
      draft.firstAt = Math.min(draft.firstAt, at);
      draft.lastAt = Math.max(draft.lastAt, lastAt);
    } else {
      drafts.set(name, { kind: link, keys, firstAt: at, lastAt, sourceId, messageId });
    }
  }
  const statements: Statement[] = [];
  for (const [name, { keys, ...draft }] of drafts) {
    if (cache.covers(name, draft.firstAt, draft.lastAt)) continue;
    statements.push({
      ...draft,
      assertionId: assertionIdOf(
        draft.kind,
        keys.map((key) => key.fingerprint),
      ),
      keyNumbers: keys.map((key) => key.keyNumber),
    });
  }
  return statements;
}

interface Draft {
  readonly kind: 'bind' | 'seen' | 'sign_up' | 'unbind';
  readonly keys: readonly BatchKey[];
  firstAt: number;
  lastAt: number;
  readonly sourceId: string;
  readonly messageId: string;
}

function startOfDay(at: number): number {
  return Math.floor(at / DAY_MS) * DAY_MS;
}

function nameOf(link: string, keys: readonly BatchKey[]): string {
  return statementName(
    link,
    keys.map((key) => key.keyNumber),
  );
}

/** Name under which the cache knows a statement: cheaper than its id, which is a hash. */
export function statementName(link: string, keyNumbers: readonly number[]): string {
  // Nearly all name two keys; sorting them as a list costs as much as all the rest of a statement.
  if (keyNumbers.length === 2) {
    const [one, other] = keyNumbers as [number, number];
    return one < other ? `${link} ${one} ${other}` : `${link} ${other} ${one}`;
  }
  return `${link} ${[...keyNumbers].sort((a, b) => a - b).join(' ')}`;
}
