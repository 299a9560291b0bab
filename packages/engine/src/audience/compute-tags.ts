import { CodedError, type Platform } from '../platform/index.ts';
import { presentPerson } from '../identity/index.ts';
import { shareStatement } from './compile/compile.ts';
import { COMPUTE_SETTINGS } from './compute-block.ts';
import { prepareExpression } from './prepare-expression.ts';
import type { CatalogueReader } from './read-catalogue.ts';
import { refusalOf } from './run-expression.ts';
import { computeModelTag, type Scorers } from './person-scorer.ts';
import { dueAfterRun } from './schedule.ts';
import { computeSqlTag } from './sql-tag.ts';
import { problemOfError, type ComputationProblem } from './computation-problem.ts';
import { beginTagRuns, finishTagRun, postponeTag, type TagRow } from './tag-store.ts';
import { writeTagValues } from './tag-value-store.ts';
import type { BoundValue } from './bind/bound.ts';

/** Tags computed in one pass. */
const SHARED_TAGS = 32;
const RETRY_MS = 3_600_000;

interface Computable {
  readonly row: TagRow;
  readonly value: BoundValue;
}

/** Computes tags: rules together in shared scans, SQL tags one by one. The caller holds the compute lock. */
export async function computeTags(
  platform: Platform,
  reader: CatalogueReader,
  rows: readonly TagRow[],
  scorers: Scorers = new Map(),
): Promise<void> {
  await reader.catchUp();
  const now = platform.clock.now();
  const preparation = await reader.preparation(now);
  const computable: Computable[] = [];
  for (const row of rows) {
    if (row.kind === 'sql') {
      await guarded(platform, [row], now, () => computeOneSql(platform, reader, row, now));
      continue;
    }
    if (row.kind === 'model') {
      const dueAt = dueOf(platform, row, now);
      await guarded(platform, [row], now, () => computeModelTag(platform, scorers, row, now, dueAt));
      continue;
    }
    if (row.kind !== 'rule' || !row.document) continue;
    const prepared = prepareExpression({ document: row.document }, preparation);
    if ('problems' in prepared || prepared.query.kind !== 'value') {
      const problem = 'problems' in prepared ? prepared.problems[0]! : NO_VALUE;
      await postponeTag(platform.database, row.tag_id, {
        dueAt: dueOf(platform, row, now),
        problem,
        at: now,
      });
    } else {
      computable.push({ row, value: prepared.query.value });
    }
  }
  for (let start = 0; start < computable.length; start += SHARED_TAGS) {
    await computeTogether(platform, computable.slice(start, start + SHARED_TAGS), now);
  }
}

const NO_VALUE: ComputationProblem = { en: 'The expression gives no value.', zh: '该表达式没有取值。' };

async function computeTogether(platform: Platform, tags: readonly Computable[], now: number): Promise<void> {
  const done = await guarded(
    platform,
    tags.map((tag) => tag.row),
    now,
    () => computeBlock(platform, tags, now),
  );
  // Alone, each shows whether it is the one that cannot be computed.
  if (!done && tags.length > 1) for (const tag of tags) await computeTogether(platform, [tag], now);
}

/** False when the work was refused by the engine; a single tag then shows why. */
async function guarded(
  platform: Platform,
  rows: readonly TagRow[],
  now: number,
  work: () => Promise<void>,
): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    const isRefused = error instanceof CodedError || refusalOf(error) !== error;
    if (!isRefused && typeof (error as { type?: unknown }).type !== 'string') throw error;
    const [only, ...others] = rows;
    if (only && others.length === 0) {
      const dueAt = dueOf(platform, only, now);
      // What takes too long holds up everything else that is due; it may try again in an hour at the earliest.
      const later = dueAt === undefined ? undefined : Math.max(dueAt, now + RETRY_MS);
      await postponeTag(platform.database, only.tag_id, {
        dueAt: later,
        problem: problemOfError(error),
        at: now,
      });
    }
    return false;
  }
}

async function computeBlock(platform: Platform, tags: readonly Computable[], now: number): Promise<void> {
  const startedAt = performance.now();
  const runs = await beginTagRuns(
    platform.database,
    tags.map((tag) => tag.row.tag_id),
  );
  const statement = shareStatement({ kind: 'person' }, { presentPerson, now });
  const values = tags.map((tag) => ({
    tagId: tag.row.tag_id,
    version: runs.get(tag.row.tag_id) ?? 0,
    value: statement.value(tag.value),
    type: tag.value.type,
  }));
  const people = await writeTagValues(
    platform.clickhouse,
    values,
    { rows: statement.rows(), parameters: statement.parameters.values },
    COMPUTE_SETTINGS,
  );
  const tookMs = (performance.now() - startedAt) / tags.length;
  await platform.database.transaction(async (transaction) => {
    for (const { row } of tags) {
      await finishTagRun(transaction, {
        tagId: row.tag_id,
        run: runs.get(row.tag_id) ?? 0,
        at: now,
        people: people.get(row.tag_id) ?? 0,
        tookMs,
        dueAt: dueOf(platform, row, now),
      });
    }
  });
}

async function computeOneSql(
  platform: Platform,
  reader: CatalogueReader,
  row: TagRow,
  now: number,
): Promise<void> {
  const startedAt = performance.now();
  const run = (await beginTagRuns(platform.database, [row.tag_id])).get(row.tag_id) ?? 0;
  const people = await computeSqlTag(platform, (await reader.catalogue()).model, row, run);
  await platform.database.transaction((transaction) =>
    finishTagRun(transaction, {
      tagId: row.tag_id,
      run,
      at: now,
      people,
      tookMs: performance.now() - startedAt,
      dueAt: dueOf(platform, row, now),
    }),
  );
}

function dueOf(platform: Platform, row: TagRow, now: number): number | undefined {
  return dueAfterRun(row, now, platform.config.timeZone);
}
