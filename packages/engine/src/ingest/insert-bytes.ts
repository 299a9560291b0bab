import { Readable } from 'node:stream';
import type { ClickHouse } from '../platform/index.ts';

type Options = Omit<Parameters<ClickHouse['client']['exec']>[0], 'query' | 'values'>;

/**
 * Runs an insert whose rows follow it as bytes, in the format that it ends with: `exec` and not `insert`, which would
 * want objects and write them out by itself.
 */
export async function insertBytes(
  clickhouse: ClickHouse,
  query: string,
  pieces: Iterable<Uint8Array>,
  options: Options = {},
): Promise<void> {
  const values = Readable.from(pieces, { objectMode: false });
  const { stream } = await clickhouse.client.exec({ ...options, query, values });
  // The answer is empty; reading it to its end gives the connection back.
  for await (const piece of stream) void piece;
}
