import pg from 'pg';

/** Finds connections to PostgreSQL on which no answer will ever come, and breaks them. */
export interface LineWatch {
  /** Waits for an answer on a connection, which breaks when PostgreSQL does not work on it any more. */
  awaiting<Answer>(client: pg.PoolClient, ask: () => Promise<Answer>): Promise<Answer>;
  close(): void;
}

/** An answer that takes longer (real ms) is asked after. */
const SUSPECT_MS = 4_000;
const LOOK_MS = 1_500;
const PROBE_WITHIN_MS = 5_000;

interface Awaited {
  readonly client: pg.PoolClient;
  readonly since: number;
  /** PostgreSQL was seen not to work on it; the answer may just be on its way. */
  doubtful: boolean;
}

/**
 * A firewall, a failover or a frozen machine can take a line without either end noticing. Statements may take any time,
 * so that no limit would do: a second connection asks PostgreSQL whether it still works on what we wait for.
 */
export function watchLines(connectionString: string): LineWatch {
  const awaited = new Set<Awaited>();
  let looking = false;
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    // While nobody answers the probe either, nothing is known.
    void look(awaited, connectionString)
      .catch(() => undefined)
      .finally(() => (looking = false));
  }, LOOK_MS);
  timer.unref();
  return {
    async awaiting(client, ask) {
      const one: Awaited = { client, since: performance.now(), doubtful: false };
      awaited.add(one);
      try {
        return await ask();
      } finally {
        awaited.delete(one);
      }
    },
    close: () => clearInterval(timer),
  };
}

async function look(awaited: ReadonlySet<Awaited>, connectionString: string): Promise<void> {
  const suspects = [...awaited].filter(({ since }) => performance.now() - since > SUSPECT_MS);
  if (suspects.length === 0) return;
  const working = await workingBackends(connectionString);
  if (!working) return;
  for (const suspect of suspects) {
    if (!awaited.has(suspect)) continue;
    if (working.has(backendOf(suspect.client))) suspect.doubtful = false;
    else if (suspect.doubtful) breakLine(suspect.client);
    else suspect.doubtful = true;
  }
}

/** Backends that execute a statement; undefined when something between us and PostgreSQL hides who is who. */
async function workingBackends(connectionString: string): Promise<ReadonlySet<number | null> | undefined> {
  const probe = new pg.Client({
    connectionString,
    connectionTimeoutMillis: PROBE_WITHIN_MS,
    query_timeout: PROBE_WITHIN_MS,
    application_name: 'wutong line watch',
  });
  probe.on('error', () => undefined);
  try {
    await probe.connect();
    const { rows } = await probe.query<{ pid: number; own: number }>(
      `select pid, pg_backend_pid() as own from pg_stat_activity where state in ('active', 'fastpath function call')`,
    );
    if (rows[0]?.own !== backendOf(probe)) return undefined;
    return new Set(rows.map((row) => row.pid));
  } finally {
    await probe.end().catch(() => undefined);
  }
}

/** What the types of pg do not say. */
interface Inside {
  readonly processID: number | null;
  readonly connection: { readonly stream: { destroy(error: Error): void } };
}

const backendOf = (client: pg.ClientBase): number | null => (client as unknown as Inside).processID;

function breakLine(client: pg.ClientBase): void {
  const error = Object.assign(new Error('the line to PostgreSQL is dead'), { code: 'ECONNRESET' });
  (client as unknown as Inside).connection.stream.destroy(error);
}
