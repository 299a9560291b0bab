import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { CodedError, type ClickHouse } from '../../platform/index.ts';
import { explainPairs, type PairExplanation } from './explain-pair.ts';
import { linkRecords, type LinkRequest } from './link-records.ts';

export interface LinkFilesRequest extends Pick<
  LinkRequest,
  'idColumn' | 'columns' | 'oneMatch' | 'linkAbove' | 'reviewAbove' | 'onProgress'
> {
  /** Paths of CSV files in UTF-8 with a header, all with the same columns; plain or gzip (`.gz`). */
  readonly files: readonly string[];
}

export type FoundPair = Omit<PairExplanation, 'leftFile' | 'rightFile'> & {
  readonly decision: 'link' | 'review';
};

export interface LinkedFiles {
  readonly records: number;
  readonly candidates: number;
  readonly links: number;
  readonly reviews: number;
  readonly clusters: readonly (readonly string[])[];
}

const FILE_COLUMN = '$file';

/**
 * Links the records of files and leaves nothing behind. One file is searched for duplicates; of several, only
 * records of different files are compared. Each pair from the review threshold on goes to `onPair`, surest first,
 * those to link before those to review. @throws CodedError linking_file_unreadable, linking_input_invalid (a column is
 * not there)
 */
export async function linkFiles(
  clickhouse: ClickHouse,
  run: string,
  request: LinkFilesRequest,
  onPair: (pair: FoundPair) => void,
): Promise<LinkedFiles> {
  const table = `linkage_input_${run}`;
  const columns = await headerOf(request.files[0] ?? '');
  const several = request.files.length > 1;
  try {
    for (const [index, file] of request.files.entries()) {
      await load(clickhouse, table, { file, columns, index });
    }
    const { files: _, ...options } = request;
    const linkage = await linkRecords(clickhouse, run, {
      ...options,
      source: table,
      columns: request.columns ?? columns.filter((column) => column !== request.idColumn),
      ...(several ? { fileColumn: FILE_COLUMN } : {}),
    });
    try {
      for (const decision of ['link', 'review'] as const) {
        for await (const pairs of explainPairs(
          clickhouse,
          linkage,
          decision === 'link' ? { linked: true } : { linked: false, reviewAbove: 0 },
        )) {
          for (const { leftFile: _left, rightFile: _right, ...pair } of pairs) onPair({ decision, ...pair });
        }
      }
      const { records, candidates, links, reviews } = linkage;
      return { records, candidates, links, reviews, clusters: await linkage.clusters() };
    } finally {
      await linkage.drop();
    }
  } finally {
    await clickhouse.command(`drop table if exists ${table}`);
  }
}

function openText(file: string): Readable {
  const bytes = createReadStream(file);
  if (!file.endsWith('.gz')) return bytes;
  const gunzip = createGunzip();
  bytes.on('error', (error) => gunzip.destroy(error));
  return bytes.pipe(gunzip);
}

async function headerOf(file: string): Promise<string[]> {
  const text = openText(file);
  try {
    for await (const line of createInterface({ input: text })) {
      const [names] = parse(line, { bom: true }) as string[][];
      return (names ?? []).map((name) => name.trim());
    }
  } catch (error) {
    throw unreadable(file, reasonOf(error), error);
  } finally {
    text.destroy();
  }
  throw unreadable(file, 'it is empty');
}

const unreadable = (file: string, reason: string, cause?: unknown): CodedError =>
  new CodedError('linking_file_unreadable', { details: { file, reason }, cause });

/** What the file system, gzip and the parser of CSV say, in words. */
function reasonOf(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (code.startsWith('Z_')) return 'it is named .gz but is not gzip, or is cut off';
  if (code.startsWith('CSV_')) return `its first line is not a CSV header: ${message}`;
  return REASONS[code] ?? message;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'this user may not read it',
  EISDIR: 'it is a folder',
};

/** Adds a file's rows to the table, which the first file creates. */
async function load(
  clickhouse: ClickHouse,
  table: string,
  { file, columns, index }: { file: string; columns: readonly string[]; index: number },
): Promise<void> {
  const header = await headerOf(file);
  if (header.join('\n') !== columns.join('\n')) {
    const missing = columns.filter((name) => !header.includes(name));
    const others = header.filter((name) => !columns.includes(name));
    const difference =
      missing.length + others.length === 0
        ? 'they stand in another order'
        : `missing: ${missing.join(', ') || 'none'}; not in the first: ${others.join(', ') || 'none'}`;
    throw unreadable(file, `its columns are not those of the first file (${difference})`);
  }
  if (index === 0) await clickhouse.command(`drop table if exists ${table}`);
  const quoted = columns.map((name) => `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\` String`);
  const staged = `${table}_${index}`;
  await clickhouse.command(
    `create or replace table ${staged} (${quoted.join(', ')}) engine = MergeTree order by tuple()`,
  );
  try {
    await clickhouse.insertStream(staged, openText(file), 'CSV', {
      input_format_csv_skip_first_lines: '1',
      input_format_csv_detect_header: 0,
    });
    const select = `select *, '${index}' as \`${FILE_COLUMN}\` from ${staged}`;
    await clickhouse.command(
      index === 0
        ? `create table ${table} engine = MergeTree order by tuple() as ${select}`
        : `insert into ${table} ${select}`,
    );
  } catch (error) {
    throw unreadable(file, `its rows cannot be read: ${(error as Error).message.slice(0, 300)}`, error);
  } finally {
    await clickhouse.command(`drop table if exists ${staged}`);
  }
}
