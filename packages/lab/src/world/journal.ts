import { appendFileSync, existsSync, readFileSync } from 'node:fs';

/** A renewal that was decided: kept, so that a restarted world goes on with it. */
export interface Decision {
  readonly customerNumber: string;
  /** Epoch ms of Wutong's time at which the money is renewed. */
  readonly at: number;
  readonly because: string;
  /** Whether it would not have happened untouched. */
  readonly persuaded: boolean;
}

export interface Journal {
  readonly decisions: readonly Decision[];
  write(decision: Decision): void;
}

/** Decisions as JSON lines; a line cut off by a kill is left out. */
export function openJournal(path: string): Journal {
  const decisions: Decision[] = [];
  if (existsSync(path)) {
    for (const line of readFileSync(path, 'utf8').split('\n')) {
      try {
        if (line) decisions.push(JSON.parse(line) as Decision);
      } catch {
        continue;
      }
    }
  }
  return {
    decisions,
    write(decision) {
      decisions.push(decision);
      appendFileSync(path, `${JSON.stringify(decision)}\n`, { mode: 0o600 });
    },
  };
}
