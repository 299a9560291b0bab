import { useCallback } from 'react';
import { useSearchParams } from 'react-router-dom';

/**
 * A value that lives in the address, so that any view can be shared.
 * An empty value or the fallback is left out of the address. Setting replaces the entry of the history.
 */
export function useUrlState(name: string, fallback = ''): [string, (value: string) => void] {
  const [search, setSearch] = useSearchParams();
  const value = search.get(name) ?? fallback;
  const setValue = useCallback(
    (next: string) => {
      setSearch(
        (former) => {
          const changed = new URLSearchParams(former);
          if (next === '' || next === fallback) changed.delete(name);
          else changed.set(name, next);
          return changed;
        },
        { replace: true },
      );
    },
    [name, fallback, setSearch],
  );
  return [value, setValue];
}
