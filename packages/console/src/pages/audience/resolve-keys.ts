import { useCallback, useState } from 'react';
import { identityApi } from '@wutong/contract';
import { call } from '../../api/call.ts';

/** Longer lists are files for the import page. */
export const MOST_KEYS = 100_000;
/** Values in a question to the server. */
const AT_ONCE = 5_000;
const LONGEST_KEY = 200;

/** The first column of each line, without a head line of words; each value once. */
export function keysIn(text: string): string[] {
  const cells = text
    .split(/\r?\n/)
    .map((line) => (line.split(/[,;\t，；]/)[0] ?? '').trim().replaceAll(/^"|"$/g, ''))
    .filter((cell) => cell !== '');
  // A head line has no digit where every other line has one.
  const [first, ...rest] = cells;
  const headed =
    first !== undefined && rest.length > 0 && !/\d/.test(first) && rest.every((cell) => /\d/.test(cell));
  return [...new Set(headed ? rest : cells)].slice(0, MOST_KEYS);
}

interface Resolved {
  /** The person of each key that belongs to one. */
  found: ReadonlyMap<string, number>;
  missing: readonly string[];
}

/** Finds the people that key values belong to, and says which belong to nobody. */
export function useResolveKeys() {
  const [resolved, setResolved] = useState<Resolved>();
  const [percent, setPercent] = useState(0);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const run = useCallback(async (keys: readonly string[]): Promise<ReadonlyMap<string, number>> => {
    setBusy(true);
    setError(null);
    const found = new Map<string, number>();
    const askable = keys.filter((key) => key.length <= LONGEST_KEY);
    const missing = keys.filter((key) => key.length > LONGEST_KEY);
    try {
      for (let start = 0; start < askable.length; start += AT_ONCE) {
        const values = askable.slice(start, start + AT_ONCE);
        const { items } = await call(identityApi.findPeopleOfKeys, { body: { values } });
        for (const { value, personId } of items) found.set(value, personId);
        missing.push(...values.filter((value) => !found.has(value)));
        setPercent(Math.min(100, Math.round(((start + AT_ONCE) / askable.length) * 100)));
      }
      setResolved({ found, missing });
      return found;
    } catch (cause) {
      setError(cause);
      return new Map<string, number>();
    } finally {
      setBusy(false);
    }
  }, []);
  const forget = useCallback(() => setResolved(undefined), []);
  return {
    run,
    forget,
    busy,
    percent,
    error,
    done: resolved && true,
    /** Each person once, however many keys name them. */
    found: [...new Set(resolved?.found.values())],
    missing: resolved?.missing ?? [],
  };
}
