import { createHash, randomUUID, type Hash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { once } from 'node:events';
import { Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip, type Gzip } from 'node:zlib';
import type { OutputDestination } from '@wutong/contract';
import type { OutputRow, OutputValue } from '../subjects/output-subject.ts';
import type { Delivery, Destination, OpenPortion, PortionSender, SentPortion } from './output-destination.ts';

type Settings = Extract<OutputDestination, { kind: 'files' }>;

const ROWS_A_PIECE = 5_000;

/**
 * Files below the operator's directory: `<folder>/<output>-<slice>.csv.gz`, and beside each a manifest
 * `….manifest.json` with rows, bytes and sha256. A file is written under a name that begins with a dot and renamed
 * when it is complete and on the disk; the manifest comes last, so who sees it finds the whole file. The name is
 * made of the portion's number: a portion that is repeated after a crash replaces its own file.
 */
export function filesDestination(directory: string): Destination<Settings> {
  return {
    isWhole: true,
    rowsADelivery: () => ROWS_A_PIECE,
    check: () => Promise.resolve(),
    async open(portion) {
      const folder = join(directory, portion.destination.folder);
      await mkdir(folder, { recursive: true, mode: 0o750 });
      await removeUnfinished(folder, portion.outputId);
      return new FileSender(folder, portion);
    },
    async test(settings, _secrets, outputId) {
      const folder = join(directory, settings.folder);
      await mkdir(folder, { recursive: true, mode: 0o750 });
      const path = join(folder, `.${outputId}-test-${randomUUID()}`);
      try {
        await writeFile(path, 'test\n', { mode: 0o640 });
        await synchronise(path);
      } finally {
        await rm(path, { force: true });
      }
    },
    stop: () => Promise.resolve(),
  };
}

/** What a killed process left behind; only one process at a time works on an output. */
async function removeUnfinished(folder: string, outputId: string): Promise<void> {
  const names = await readdir(folder);
  for (const name of names.filter((each) => each.startsWith(`.${outputId}-`)))
    await rm(join(folder, name), { force: true });
}

class FileSender implements PortionSender {
  readonly #folder: string;
  readonly #portion: OpenPortion<Settings>;
  readonly #name: string;
  readonly #file: Writable;
  readonly #input: Writable;
  readonly #written: Promise<void>;
  #failure: Error | undefined;
  readonly #hash: Hash = createHash('sha256');
  #rows = 0;
  #bytes = 0;

  constructor(folder: string, portion: OpenPortion<Settings>) {
    this.#folder = folder;
    this.#portion = portion;
    const { format, gzip } = portion.destination;
    this.#name = `${portion.outputId}-${String(portion.slice).padStart(8, '0')}.${format}${gzip ? '.gz' : ''}`;
    this.#file = createWriteStream(this.#path('.'), { mode: 0o640 });
    // What is measured is what lies on the disk: the compressed bytes.
    const meter = new Transform({
      transform: (piece: Buffer, _encoding, done) => {
        this.#hash.update(piece);
        this.#bytes += piece.length;
        done(null, piece);
      },
    });
    this.#input = gzip ? createGzip({ level: 6 }) : meter;
    this.#written = gzip ? pipeline(this.#input as Gzip, meter, this.#file) : pipeline(meter, this.#file);
    // A failure is seen at the next write or at the end.
    this.#written.catch((error: Error) => (this.#failure = error));
  }

  async send({ rows }: Delivery): Promise<void> {
    const { format } = this.#portion.destination;
    if (format === 'csv' && this.#rows === 0) await this.#write(csvLine(['id', ...this.#portion.columns]));
    this.#rows += rows.length;
    const line = format === 'csv' ? (row: OutputRow) => csvRow(row, this.#portion.columns) : jsonLine;
    await this.#write(rows.map(line).join(''));
  }

  async finish(): Promise<SentPortion> {
    this.#input.end();
    await this.#written;
    await synchronise(this.#path('.'));
    await rename(this.#path('.'), this.#path(''));
    const sha256 = this.#hash.digest('hex');
    const { outputId, slice, subject, now } = this.#portion;
    const manifest = {
      output: outputId,
      subject,
      slice,
      file: this.#name,
      rows: this.#rows,
      bytes: this.#bytes,
      sha256,
      writtenAt: new Date(now).toISOString(),
    };
    const manifestName = `${this.#name}.manifest.json`;
    const unfinished = join(this.#folder, `.${manifestName}`);
    const handle = await open(unfinished, 'w', 0o640);
    try {
      await handle.writeFile(`${JSON.stringify(manifest, undefined, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(unfinished, join(this.#folder, manifestName));
    await synchronise(this.#folder);
    return { bytes: this.#bytes, file: join(this.#portion.destination.folder, this.#name), sha256 };
  }

  async abandon(): Promise<void> {
    this.#input.destroy();
    await this.#written.catch(() => undefined);
    await rm(this.#path('.'), { force: true }).catch(() => undefined);
  }

  async #write(text: string): Promise<void> {
    if (this.#failure) throw this.#failure;
    if (!this.#input.write(Buffer.from(text)))
      await Promise.race([once(this.#input, 'drain'), this.#written]);
  }

  #path(prefix: '.' | ''): string {
    return join(this.#folder, `${prefix}${this.#name}`);
  }
}

/** To the disk: a rename that survives a power cut must not point at an empty file. */
async function synchronise(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const jsonLine = (row: OutputRow): string => `${JSON.stringify({ id: row.id, ...row.values })}\n`;

const csvRow = (row: OutputRow, columns: readonly string[]): string =>
  csvLine([row.id, ...columns.map((column) => csvText(row.values[column]))]);

/** RFC 4180. */
const csvLine = (cells: readonly string[]): string =>
  `${cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\r\n`;

function csvText(value: OutputValue | undefined): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.join(';');
  return typeof value === 'object' ? JSON.stringify(value) : String(value as string | number | boolean);
}
