import type { Platform } from '../platform/index.ts';
import { problemOfError, type ComputationProblem } from './computation-problem.ts';
import { finishTagRun, beginTagRuns, postponeTag, selectRunBefore, type TagRow } from './tag-store.ts';
import { restampTags } from './tag-change-store.ts';
import { countPeopleOfTags, removeOlderValues, setTagValues } from './tag-value-store.ts';

/** A model outside that scores people: the port behind tags of the kind `model`. */
export interface PersonScorer {
  /** Version of the model that would score now. */
  modelVersion(): Promise<string>;
  /** Scores, or labels, of the given people at `now` (epoch ms UTC); people without one are left out. */
  score(personIds: readonly number[], now: number): Promise<ReadonlyMap<number, number | string>>;
}

/** By the name that tags know them by. */
export type Scorers = ReadonlyMap<string, PersonScorer>;

/** People given to a scorer at once. */
const BLOCK = 10_000;

/**
 * Brings a model tag up to date: asks its scorer about everybody; or, where scores come through the API, takes
 * away those that are too old. A scorer that fails leaves the scores as they are, and the tag shows why.
 */
export async function computeModelTag(
  platform: Platform,
  scorers: Scorers,
  row: TagRow,
  now: number,
  dueAt: number | undefined,
): Promise<void> {
  const name = row.model?.scorer;
  if (name === undefined) {
    await takeAwayStale(platform, row, now);
    return;
  }
  const postpone = (problem: ComputationProblem) =>
    postponeTag(platform.database, row.tag_id, { dueAt, problem, at: now });
  const scorer = scorers.get(name);
  if (!scorer) {
    await postpone({ en: `There is no scorer “${name}”.`, zh: `没有名为“${name}”的评分器。` });
    return;
  }
  try {
    await scoreEverybody(platform, scorer, row, now, dueAt);
  } catch (error) {
    const { en, zh } = problemOfError(error);
    await postpone({ en: `The scorer “${name}” failed: ${en}`, zh: `评分器“${name}”出错：${zh}` });
  }
}

async function scoreEverybody(
  platform: Platform,
  scorer: PersonScorer,
  row: TagRow,
  now: number,
  dueAt: number | undefined,
): Promise<void> {
  const { clickhouse, database } = platform;
  const startedAt = performance.now();
  const modelVersion = await scorer.modelVersion();
  const run = (await beginTagRuns(database, [row.tag_id])).get(row.tag_id) ?? 0;
  for (let after = -1; ;) {
    const people = await clickhouse.query<{ person_id: number }>(
      `SELECT person_id FROM person FINAL WHERE toInt64(person_id) > {after:Int64} ORDER BY person_id LIMIT ${BLOCK}`,
      { after },
    );
    const last = people.at(-1);
    if (!last) break;
    after = last.person_id;
    const scores = await scorer.score(
      people.map((each) => each.person_id),
      now,
    );
    const values = [...scores].map(([personId, score]) => ({ personId, values: [String(score)] }));
    if (values.length > 0) await setTagValues(clickhouse, row.tag_id, row.value_type, run, values);
  }
  await removeOlderValues(clickhouse, row.tag_id, run);
  const people = (await countPeopleOfTags(clickhouse, [row.tag_id])).get(row.tag_id) ?? 0;
  const tookMs = performance.now() - startedAt;
  await database.transaction((transaction) =>
    finishTagRun(transaction, { tagId: row.tag_id, run, at: now, people, tookMs, dueAt, modelVersion }),
  );
}

/** Scores set before the time in which they hold are taken away; the tag is looked at again while it has any. */
async function takeAwayStale(platform: Platform, row: TagRow, now: number): Promise<void> {
  const { clickhouse, database } = platform;
  const staleBefore = now - freshForMs(row);
  const run = await selectRunBefore(database, row.tag_id, staleBefore);
  if (run !== undefined) {
    await removeOlderValues(clickhouse, row.tag_id, run + 1);
    await restampTags(database, [row.tag_id]);
  }
  const people = (await countPeopleOfTags(clickhouse, [row.tag_id])).get(row.tag_id) ?? 0;
  const dueAt = people > 0 ? now + Math.min(freshForMs(row), HOUR_MS) : undefined;
  await database.execute('update audience.tag set people = $2, due_at = $3 where tag_id = $1', [
    row.tag_id,
    people,
    dueAt ?? null,
  ]);
}

const HOUR_MS = 3_600_000;

/** How long scores of a tag hold, in ms. */
export function freshForMs(row: Pick<TagRow, 'model'>): number {
  return (row.model?.freshForHours ?? 168) * HOUR_MS;
}
