import type { Platform } from '../../platform/index.ts';
import {
  addSingleRows,
  checkStaged,
  countRowsOf,
  noteSingleRows,
  singleRowsMeetOthers,
  stageChunk,
  stagedEvents,
  stagedFacts,
  sureEvents,
  type ChunkTables,
  type NamedEvents,
} from './chunk-store.ts';
import type { RowRejection } from './draft.ts';
import type { BulkEvent } from './express-event.ts';
import type { BulkFact, BulkPlan } from './express-mapping.ts';
import type { ImportRooms } from './load-batch.ts';
import {
  BATCH_ROWS,
  filePrefix,
  keepRejections,
  numberedRow,
  type FileJob,
  type NumberedRow,
  type RowLoader,
  type RowsOutcome,
} from './load-rows.ts';
import { loadStagedPeople } from './load-staged-people.ts';
import { keepKeys, keyedOwners, newKeys, refusedOwners, type KeyTables, type NewKeys } from './owner-keys.ts';
import { allRows, rowsAt, type Chunk, type Extent, type LineChunk } from './split-chunks.ts';

/** Key values resolved in one transaction. */
const KEYS_A_BATCH = 10_000;
/** Two: while PostgreSQL answers one batch, the other is made ready. */
const BATCHES_AT_ONCE = 2;
/** Owners are looked up while a chunk is staged once a new key is rarer than one in so many rows. */
const NEW_KEYS_ONE_IN = 10;
/** A chunk with a greater share of single rows than one in this goes row by row as a whole. */
const SINGLE_ROWS_ONE_IN = 5;

export interface ChunkNeeds {
  readonly platform: Platform;
  readonly rooms: ImportRooms;
  readonly job: FileJob;
  readonly singles: RowLoader;
}

/** How the rows of a chunk are read, and where to. */
export interface BulkWay {
  readonly plan: BulkPlan;
  readonly tables: ChunkTables;
  readonly keys: KeyTables;
}

/** A chunk that is cut: `single` rows are loaded one by one, the others lie in the tables of `way`. */
export interface StagedChunk {
  readonly rows: number;
  readonly chunk: Chunk;
  /** What of the file stands in front of it; the header is a line, not a row. */
  readonly before: Extent;
  readonly single: readonly NumberedRow[];
  /** Undefined when all rows are single. */
  readonly way: BulkWay | undefined;
}

/** Loads the chunks of one file. */
export class ChunkLoader {
  private resolving: Promise<void> = Promise.resolve();
  /** Some key of this run was refused: only then rows have to be asked whether it is theirs. */
  private hasRefusals = false;
  /** The last chunk had few new keys: most owners of the next one are known before it is read. */
  private mostAreKnown = false;

  constructor(private readonly needs: ChunkNeeds) {}

  /** All rows of a chunk one by one. */
  rowByRow(chunk: Chunk, before: Extent): StagedChunk {
    const rows = allRows(chunk, this.needs.job.file.delimiter);
    const single = rows.map((row, index) => numberedRow(before.rows + index + 1, row, before.lines));
    return { rows: rows.length, chunk, before, single, way: undefined };
  }

  /** Cuts and checks the rows, and finds out whose facts they are. `before`: what stands in front of the chunk. */
  async stage(chunk: Chunk, way: BulkWay, before: Extent): Promise<StagedChunk> {
    if ('rows' in chunk) return this.rowByRow(chunk, before);
    const { rows, unsure } = await stageChunk(this.needs.platform.clickhouse, way.tables, way.plan, {
      chunk,
      delimiter: this.needs.job.file.delimiter,
      before: before.rows,
      keys: this.mostAreKnown ? way.keys : undefined,
    });
    const doubtful = await this.doubtfulEvents(way);
    const single =
      unsure + doubtful.length > 0 ? await this.singleRows(chunk, way, { before, rows, doubtful }) : [];
    if (!single) return this.rowByRow(chunk, before);
    // Where persons are linked, that comes before their facts are looked up: then, not now.
    if (way.plan.people.length === 0) await this.resolveKeys(way, rows, single.length > 0);
    return { rows, chunk, before, single, way };
  }

  /** Events of which the tracking plan wants to see each. */
  private async doubtfulEvents({ plan, tables }: BulkWay): Promise<NamedEvents[]> {
    const { rooms, job } = this.needs;
    const found: NamedEvents[] = [];
    for (const event of plan.events) {
      const { sourceId } = job.mapping;
      const names = await rooms.ingest.staged.doubtful(sourceId, sureEvents(tables, event));
      if (names.length > 0) found.push({ event, names });
    }
    return found;
  }

  /** The rows that go one by one; undefined when it had better be all of them. */
  private async singleRows(
    chunk: LineChunk,
    { plan, tables }: BulkWay,
    { before, rows, doubtful }: { before: Extent; rows: number; doubtful: readonly NamedEvents[] },
  ): Promise<NumberedRow[] | undefined> {
    const { clickhouse } = this.needs.platform;
    const numbers = await noteSingleRows(clickhouse, tables, doubtful);
    if (numbers.length * SINGLE_ROWS_ONE_IN > rows) return undefined;
    if (await singleRowsMeetOthers(clickhouse, tables, plan.facts)) return undefined;
    return this.rowsOf(chunk, before, numbers);
  }

  private rowsOf(chunk: Chunk, before: Extent, numbers: readonly number[]): NumberedRow[] {
    if ('rows' in chunk) return [];
    const places = numbers.map((number) => number - before.rows);
    const rows = rowsAt(chunk, this.needs.job.file.delimiter, places);
    return numbers.map((number, index) => numberedRow(number, rows[index]!, before.lines));
  }

  /** Asks identity for the keys of owners that this run has not met: one chunk after the other, each key once. */
  private resolveKeys(way: BulkWay, rows: number, hasSingles: boolean): Promise<void> {
    const resolved = this.resolving.then(async () => {
      const met = await this.resolveNewKeys(way, hasSingles);
      this.mostAreKnown = met * NEW_KEYS_ONE_IN < rows;
    });
    this.resolving = resolved.catch(() => undefined);
    return resolved;
  }

  /** Returns how many there were. */
  private async resolveNewKeys({ plan, tables, keys }: BulkWay, hasSingles: boolean): Promise<number> {
    let met = 0;
    for (const [type, table] of keys) {
      const { values, times } = await newKeys(
        this.needs.platform.clickhouse,
        hasSingles ? tables : { stage: tables.stage },
        table,
        keyedOwners(plan).filter((owner) => owner.keyType === type),
      );
      met += values.length;
      let next = 0;
      const resolveSome = async (): Promise<void> => {
        while (next < values.length) {
          const [from, to] = [next, (next += KEYS_A_BATCH)];
          await this.resolveBatch(type, table, {
            values: values.slice(from, to),
            times: times.slice(from, to),
          });
        }
      };
      await Promise.all(Array.from({ length: BATCHES_AT_ONCE }, resolveSome));
    }
    return met;
  }

  private async resolveBatch(type: string, table: string, { values, times }: NewKeys): Promise<void> {
    const { platform, rooms, job } = this.needs;
    const resolutions = await platform.database.transaction(async (transaction) => {
      const { sourceId } = job.mapping;
      const resolved = await rooms.identity.resolveKeys(transaction, { type, values, times, sourceId });
      const known = resolved.filter((each) => !each.rejected);
      this.hasRefusals ||= known.length < resolved.length;
      await rooms.profile.meet(transaction, [...new Set(known.map((each) => each.personId))]);
      return resolved;
    });
    await keepKeys(
      platform.clickhouse,
      table,
      resolutions.map((each, index) => ({ ...each, value: values[index]! })),
    );
  }

  /**
   * Stores a staged chunk; may be done again after a crash with the same outcome. Calls `onStored` when all is stored
   * and only to be counted.
   */
  async copy(staged: StagedChunk, onStored: () => void): Promise<RowsOutcome> {
    const counts: Record<string, number> = {};
    const count = (kind: string, by: number): void => void (counts[kind] = (counts[kind] ?? 0) + by);
    const refused: RowRejection[] = [];
    const { way } = staged;
    let { single } = staged;
    if (way && way.plan.people.length > 0) {
      await this.loadPeople(staged, way, count, refused);
      await this.resolveKeys(way, staged.rows, single.length > 0);
    }
    if (way && way.plan.events.length > 0) {
      const more = await this.copyEvents(staged, way, count);
      // Rows of which something was claimed before are asked about one by one; all else may be done twice.
      if (!more) return this.copy(this.rowByRow(staged.chunk, staged.before), onStored);
      single = [...single, ...more].sort((one, other) => one.number - other.number);
    }
    const outcome = {
      stored: counts,
      rejections: [] as RowsOutcome['rejections'][number][],
      rejectedRows: 0,
    };
    for (let start = 0; start < single.length; start += BATCH_ROWS) {
      const { singles } = this.needs;
      const batch = await singles.write(singles.prepare(single.slice(start, start + BATCH_ROWS)));
      outcome.rejections.push(...batch.rejections);
      outcome.rejectedRows += batch.rejectedRows;
      for (const [kind, number] of Object.entries(batch.stored)) count(kind, number);
    }
    if (!way) return outcome;
    const hasSingles = single.length > 0;
    for (const fact of way.plan.facts)
      await this.needs.rooms.profile.writeStagedFacts(stagedFacts(way.tables, way.keys, fact, hasSingles));
    onStored();
    await this.countFacts(way, hasSingles, count, refused);
    await checkStaged(this.needs.platform.clickhouse, way.tables, staged.rows);
    const kept = this.keepRefused(staged, refused);
    outcome.rejections.push(...kept.rejections);
    outcome.rejectedRows += kept.rejectedRows;
    return outcome;
  }

  private async loadPeople(
    { single }: StagedChunk,
    way: BulkWay,
    count: (kind: string, by: number) => void,
    refused: RowRejection[],
  ): Promise<void> {
    for (const person of way.plan.people) {
      const loaded = await loadStagedPeople(this.needs, person, way.tables, single.length > 0);
      count('person', loaded.stored);
      if (loaded.blockedKeys > 0) count('blocked key', loaded.blockedKeys);
      refused.push(...loaded.rejections);
    }
  }

  /**
   * Stores the events that do not go single. Returns the rows that have to, because their keys were refused; undefined
   * when it had better be all of them.
   */
  private async copyEvents(
    { single, chunk, before }: StagedChunk,
    way: BulkWay,
    count: (kind: string, by: number) => void,
  ): Promise<NumberedRow[] | undefined> {
    const { platform, rooms, job } = this.needs;
    const { plan, tables, keys } = way;
    const { clickhouse } = platform;
    const refused = new Set<number>();
    for (const event of plan.events) {
      for (const { row } of await this.refusedRows(way, event, single.length > 0)) refused.add(row);
    }
    const numbers = [...refused].sort((one, other) => one - other);
    if (numbers.length > 0) {
      await addSingleRows(clickhouse, tables, numbers);
      if (await singleRowsMeetOthers(clickhouse, tables, plan.facts)) return undefined;
    }
    const hasSingles = single.length + numbers.length > 0;
    for (const event of plan.events) {
      const stored = await rooms.ingest.staged.append(job.mapping.sourceId, {
        ...stagedEvents(tables, keys, event, hasSingles),
        file: filePrefix(job),
        record: event.index,
      });
      if (stored === undefined) return undefined;
      count('event', stored);
    }
    return this.rowsOf(chunk, before, numbers);
  }

  private async countFacts(
    way: BulkWay,
    hasSingles: boolean,
    count: (kind: string, by: number) => void,
    refused: RowRejection[],
  ): Promise<void> {
    for (const fact of way.plan.facts) {
      const left = await this.refusedRows(way, fact, hasSingles);
      const rows = await countRowsOf(this.needs.platform.clickhouse, way.tables, fact, hasSingles);
      count(fact.kind, rows - left.length);
      refused.push(...left);
    }
  }

  private async refusedRows(
    { tables, keys }: BulkWay,
    record: BulkFact | BulkEvent,
    hasSingles: boolean,
  ): Promise<RowRejection[]> {
    if (!this.hasRefusals) return [];
    return refusedOwners(this.needs.platform.clickhouse, tables, keys, record, hasSingles);
  }

  private keepRefused(
    { chunk, before }: StagedChunk,
    refused: RowRejection[],
  ): Pick<RowsOutcome, 'rejections' | 'rejectedRows'> {
    if (refused.length === 0 || 'rows' in chunk) return { rejections: [], rejectedRows: 0 };
    const { platform, job } = this.needs;
    const numbers = [...new Set(refused.map(({ row }) => row))].sort((a, b) => a - b);
    return keepRejections(platform, job, this.rowsOf(chunk, before, numbers), refused);
  }
}
