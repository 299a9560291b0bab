/** Text kept in this browser; in memory only where storage is blocked or full. */
export interface Keep {
  get(name: string): string | undefined;
  set(name: string, text: string): void;
  remove(name: string): void;
  /** Names that begin so, in order. */
  names(prefix: string): string[];
}

/** All names get the prefix, so that several installations do not meet. */
export function createKeep(prefix: string): Keep {
  const memory = new Map<string, string>();
  const storage = findStorage();
  return {
    get: (name) => memory.get(name) ?? storage?.getItem(prefix + name) ?? undefined,
    set(name, text) {
      try {
        if (!storage) throw new Error('no storage');
        storage.setItem(prefix + name, text);
        memory.delete(name);
      } catch {
        memory.set(name, text);
      }
    },
    remove(name) {
      memory.delete(name);
      storage?.removeItem(prefix + name);
    },
    names(start) {
      const found = new Set([...memory.keys()].filter((name) => name.startsWith(start)));
      for (let index = 0; index < (storage?.length ?? 0); index++) {
        const name = storage!.key(index) ?? '';
        if (name.startsWith(prefix + start)) found.add(name.slice(prefix.length));
      }
      return [...found].sort();
    },
  };
}

function findStorage(): Storage | undefined {
  try {
    // Reading the property alone throws where cookies are blocked.
    const storage = globalThis.localStorage;
    storage.setItem('wutong.probe', '1');
    storage.removeItem('wutong.probe');
    return storage;
  } catch {
    return undefined;
  }
}
