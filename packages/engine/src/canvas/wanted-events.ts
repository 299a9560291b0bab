import type { Transaction } from '../platform/index.ts';
import { eventsOf } from './program.ts';
import { listeningVersions } from './version-store.ts';

/** Names of the events that some strategy listens to, as last read. */
export interface WantedEvents {
  names(): ReadonlySet<string>;
  refresh(): Promise<void>;
}

/** Read again after each publication here, and regularly for those of other processes. */
export function createWantedEvents(reader: Pick<Transaction, 'query'>, now: () => number): WantedEvents {
  let names: ReadonlySet<string> = new Set();
  return {
    names: () => names,
    async refresh() {
      const documents = await listeningVersions(reader, now());
      names = new Set(documents.flatMap(eventsOf));
    },
  };
}
