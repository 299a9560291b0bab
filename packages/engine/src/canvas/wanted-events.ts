import type { Transaction } from '../platform/index.ts';
import { eventsOf } from './program.ts';
import { listeningVersions } from './version-store.ts';

/** Names of the events that some strategy listens to, as last read. */
export interface WantedEvents {
  names(): ReadonlySet<string>;
  refresh(): Promise<void>;
}

/**
 * Until the names have been read for the first time every event is wanted: collection starts before this
 * room does, and what it settles of a former process's work must not pass by unheard.
 */
class EveryEvent extends Set<string> {
  override has(): boolean {
    return true;
  }

  override get size(): number {
    return Infinity;
  }
}

/** Read again after each publication here, and regularly for those of other processes. */
export function createWantedEvents(reader: Pick<Transaction, 'query'>, now: () => number): WantedEvents {
  let names: ReadonlySet<string> = new EveryEvent();
  return {
    names: () => names,
    async refresh() {
      const documents = await listeningVersions(reader, now());
      names = new Set(documents.flatMap(eventsOf));
    },
  };
}
