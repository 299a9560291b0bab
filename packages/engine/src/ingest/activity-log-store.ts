import type { Transaction } from '../platform/index.ts';

/** What happened to a stream or an output; `at` is epoch ms UTC. */
export interface LogLine<Event extends string> {
  readonly event: Event;
  readonly at: number;
  readonly actor?: string;
  readonly code?: string | undefined;
  readonly text?: string | undefined;
  readonly count?: number;
}

interface LogRow<Event extends string> {
  line: number;
  at: number;
  event: Event;
  actor: string | null;
  code: string | null;
  text: string | null;
  count: number | null;
}

export type ShownLine<Event extends string> = Omit<LogLine<Event>, 'at'> & { line: number; at: string };

/** Lines about things of one kind, newest first to read. */
export interface ActivityLog<Event extends string> {
  /** Writes a line, unless the thing is gone; lines beyond the newest thousand go. */
  write(transaction: Transaction, id: string, line: LogLine<Event>): Promise<void>;
  /** A page below a line. */
  page(
    database: Transaction,
    id: string,
    before: number | undefined,
    limit: number,
  ): Promise<{ items: ShownLine<Event>[]; nextCursor?: string }>;
}

const KEPT_LINES = 1_000;

/** The log of a schema whose table of things is `schema.thing` and their key `thing_id`. */
export function activityLog<Event extends string>(schema: string, thing: string): ActivityLog<Event> {
  const key = `${thing}_id`;
  return {
    async write(transaction, id, { event, at, actor, code, text, count }) {
      await transaction.execute(
        `insert into ${schema}.log (${key}, at, event, actor, code, text, count)
         select ${key}, $2::bigint, $3, $4, $5, $6, $7::bigint from ${schema}.${thing} where ${key} = $1`,
        [id, at, event, actor ?? null, code ?? null, text?.slice(0, 500) ?? null, count ?? null],
      );
      await transaction.execute(
        `delete from ${schema}.log where ${key} = $1 and line <=
           (select line from ${schema}.log where ${key} = $1 order by line desc offset $2 limit 1)`,
        [id, KEPT_LINES],
      );
    },
    async page(database, id, before, limit) {
      const rows = await database.query<LogRow<Event>>(
        `select line, at, event, actor, code, text, count from ${schema}.log
         where ${key} = $1 and ($2::bigint is null or line < $2) order by line desc limit $3`,
        [id, before ?? null, limit],
      );
      const items = rows.map(({ line, at, event, actor, code, text, count }) => ({
        line,
        at: new Date(at).toISOString(),
        event,
        ...(actor === null ? {} : { actor }),
        ...(code === null ? {} : { code }),
        ...(text === null ? {} : { text }),
        ...(count === null ? {} : { count }),
      }));
      const last = rows.at(-1);
      return last && rows.length === limit ? { items, nextCursor: String(last.line) } : { items };
    },
  };
}
