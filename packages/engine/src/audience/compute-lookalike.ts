import type { audienceApi } from '@wutong/contract';
import { CodedError, type Platform } from '../platform/index.ts';
import { publishRuns } from './compute-block.ts';
import { findLookalikes, type LookalikeModel, type LookalikeQuestion } from './find-lookalikes.ts';
import type { Asker } from './asker.ts';
import { clearUnfinished, writeImportedMembers } from './membership-store.ts';
import { requireExpression, type Preparation } from './prepare-expression.ts';
import type { CatalogueReader } from './read-catalogue.ts';
import { refusalOf } from './run-expression.ts';
import { dueAfterRun } from './schedule.ts';
import { problemOfError, type ComputationProblem } from './computation-problem.ts';
import { beginRuns, postponeSegment, setExplanation, type SegmentRow } from './segment-store.ts';

/** With fewer people to resemble, what they share is chance. */
const LEAST_SEED = 10;
const FEATURE_TYPES = ['number', 'date', 'instant', 'text', 'boolean'];

/** What a lookalike compares: bound, with the segments and tags it uses. */
export interface PreparedLookalike {
  readonly question: LookalikeQuestion;
  readonly usedSegments: ReadonlySet<string>;
  readonly usedTags: ReadonlySet<string>;
}

/** Binds seed and features. @throws CodedError eql_invalid, eql_too_expensive */
export function prepareLookalike(
  lookalike: audienceApi.Lookalike,
  against: Preparation,
  asker?: Asker,
): PreparedLookalike {
  const seed = requireExpression({ text: `person where in segment \`${lookalike.seed}\`` }, against, asker);
  const usedSegments = new Set([lookalike.seed]);
  const usedTags = new Set<string>();
  const features = lookalike.features.map((text, index) => {
    const prepared = requireExpression({ text }, against, asker);
    const { query } = prepared;
    if (query.kind !== 'value' || !FEATURE_TYPES.includes(query.value.type)) {
      throw new CodedError('eql_invalid', {
        details: {
          problems: [
            {
              code: 'type_mismatch',
              en: 'A feature is a number, a date, a time, a text, or true or false, of each person: age, city, count(event login).',
              zh: '特征应为每个人的数字、日期、时间、文本或布尔值，例如 age、city、count(event login)。',
              path: `lookalike.features[${index}]`,
            },
          ],
        },
      });
    }
    for (const segment of prepared.usedSegments) usedSegments.add(segment);
    for (const tag of prepared.usedTags) usedTags.add(tag);
    return { text, value: query.value };
  });
  const { size, minimumScore } = lookalike;
  return {
    question: { seed: seed.query, features, size, minimumScore, now: against.time.now },
    usedSegments,
    usedTags,
  };
}

/** In words, as versions show it. */
export function describeLookalike(lookalike: audienceApi.Lookalike): string {
  const { seed, features, size, minimumScore } = lookalike;
  const least = minimumScore === undefined ? '' : `, score >= ${minimumScore}`;
  return `lookalike of segment ${seed} by ${features.join('; ')} (${size}${least})`;
}

/**
 * Computes lookalikes one after the other; one that cannot be computed keeps its members and shows why.
 * The caller holds the compute lock.
 */
export async function computeLookalikes(
  platform: Platform,
  reader: CatalogueReader,
  rows: readonly SegmentRow[],
  model: LookalikeModel = findLookalikes,
): Promise<void> {
  if (rows.length === 0) return;
  const now = platform.clock.now();
  const preparation = await reader.preparation(now);
  for (const row of rows) {
    const dueAt = dueAfterRun(row, now, platform.config.timeZone);
    const postpone = (problem: ComputationProblem): Promise<void> =>
      postponeSegment(platform.database, row.segment_id, { dueAt, problem, at: now });
    if (!row.lookalike) continue;
    try {
      const startedAt = performance.now();
      const { question } = prepareLookalike(row.lookalike, preparation);
      const answer = await model(platform, question);
      const { seedPeople } = answer.explanation;
      if (seedPeople < LEAST_SEED) {
        await postpone(tooFewSeeds(row.lookalike.seed, seedPeople));
        continue;
      }
      const runs = await beginRuns(platform.database, [row.segment_id]);
      await clearUnfinished(platform.clickhouse, runs);
      for (const run of runs) await writeImportedMembers(platform.clickhouse, run, [answer.personIds]);
      await setExplanation(platform.database, row.segment_id, answer.explanation);
      await publishRuns(platform, runs, { at: now, kind: 'full', startedAt, dueAt: () => dueAt });
    } catch (error) {
      const refusal = refusalOf(error);
      // A missing engine is the loop's to repeat; everything else is this segment's to show.
      if (!(refusal instanceof CodedError) && typeof (error as { type?: unknown }).type !== 'string')
        throw error;
      platform.log.warn({ segment: row.segment_id, error: String(error) }, 'lookalike not computed');
      await postpone(problemOfError(refusal));
    }
  }
}

function tooFewSeeds(seed: string, people: number): ComputationProblem {
  return {
    en: `The segment “${seed}” has ${people} people; at least ${LEAST_SEED} are needed.`,
    zh: `种子人群“${seed}”只有 ${people} 人，至少需要 ${LEAST_SEED} 人。`,
  };
}
