import type { OperatorTrouble } from '@wutong/contract';
import type { Transaction } from '../platform/index.ts';

/** Failures in a row that are no accident any more. */
const REPEATEDLY = 3;
/** What fails, or waits for its sources, for so long is told however seldom it is due. */
const TOO_LONG_MS = 86_400_000;
/** As many as are read at once; what is wrong with more has one cause. */
const TROUBLE_LIMIT = 10_000;

interface TroubleRow {
  kind: OperatorTrouble['kind'];
  object_id: string;
  name: string;
  since: number;
  failures: number | null;
  problem: string | null;
  problem_zh: string | null;
}

const failing = (object: 'segment' | 'tag'): string =>
  `select '${object}_failing' as kind, ${object}_id as object_id, name, failing_since as since, failures, problem, problem_zh
     from audience.${object}
    where not archived and failures > 0 and (failures >= $1 or failing_since <= $2)`;

const waiting = (object: 'segment' | 'tag'): string =>
  `select '${object}_waiting', ${object}_id, name, waiting_since, null, null, null
     from audience.${object} where not archived and waiting_since <= $2`;

/**
 * What operators have to look after at `now` (epoch ms): segments that the nightly proof found wrong, segments and tags
 * whose computation failed three times in a row or for a day, and those that have waited a day for their sources. The
 * longest first.
 */
export async function readTroubles(
  reader: Pick<Transaction, 'query'>,
  now: number,
): Promise<OperatorTrouble[]> {
  const rows = await reader.query<TroubleRow>(
    `select 'proved_wrong' as kind, segment_id as object_id, name, proved_wrong_at as since, null::integer as failures,
            null as problem, null as problem_zh
       from audience.segment where not archived and proved_wrong_at is not null
     union all ${failing('segment')} union all ${failing('tag')}
     union all ${waiting('segment')} union all ${waiting('tag')}
     order by since, kind, object_id limit ${TROUBLE_LIMIT}`,
    [REPEATEDLY, now - TOO_LONG_MS],
  );
  return rows.map(({ kind, object_id, name, since, failures, problem, problem_zh }) => ({
    kind,
    objectId: object_id,
    name,
    since: new Date(since).toISOString(),
    ...(failures === null ? {} : { failures }),
    ...(problem === null ? {} : { problem: { en: problem, zh: problem_zh ?? problem } }),
  }));
}
