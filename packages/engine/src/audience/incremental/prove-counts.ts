import { presentPerson } from '../../identity/index.ts';
import type { Platform } from '../../platform/index.ts';
import { shareStatement } from '../compile/compile.ts';
import type { PreparedExpression } from '../prepare-expression.ts';
import { forgetCountState } from './count-store.ts';
import { keepCounts } from './keep-counts.ts';
import { countSlotsOf } from './count-slot.ts';

/** A segment whose event counts are kept. */
export interface ProvableSegment {
  readonly segmentId: string;
  readonly prepared: PreparedExpression;
}

/**
 * Computes segments from the kept counts and in full at the same instant, and compares the members. What
 * differs is reported, and the counts are forgotten, so that the next run makes them anew. Returns the ids of
 * the segments that differ. The caller holds the compute lock.
 */
export async function proveCounts(
  platform: Platform,
  segments: readonly ProvableSegment[],
  now: number,
  settings: Record<string, string | number>,
): Promise<string[]> {
  if (segments.length === 0) return [];
  const slots = new Map(
    segments.flatMap(({ prepared }) =>
      (countSlotsOf(prepared.query) ?? []).map((slot) => [slot.signature, slot]),
    ),
  );
  const { counts } = await keepCounts(platform, [...slots.values()], now, settings);
  const members = async (kept: typeof counts | undefined): Promise<number[]> => {
    const statement = shareStatement({ kind: 'person' }, { presentPerson, now, counts: kept });
    // A sum of hashes says whether two sets are the same without sending them.
    const sums = segments.map(
      ({ prepared }, index) =>
        `sumIf(cityHash64(frame_key), ${statement.condition(prepared.query)}) AS s${index}`,
    );
    const [row] = await platform.clickhouse.query<Record<string, number>>(
      `SELECT ${sums.join(', ')} FROM (${statement.rows()})`,
      statement.parameters.values,
      // Sums of hashes do not fit a double: they are compared as texts.
      { ...settings, output_format_json_quote_64bit_integers: 1 },
    );
    return segments.map((_, index) => row?.[`s${index}`] ?? 0);
  };
  const kept = await members(counts);
  const full = await members(undefined);
  const differing = segments.filter((_, index) => kept[index] !== full[index]).map((each) => each.segmentId);
  await platform.database.transaction(async (transaction) => {
    await transaction.execute(
      'insert into audience.proof (proof_id, at, segments, differing) values ($1, $2, $3, $4)',
      [platform.ids.newId(), now, segments.length, differing],
    );
    if (differing.length > 0) await forgetCountState(transaction);
  });
  if (differing.length > 0) {
    platform.log.error(
      { segments: differing },
      'kept event counts differ from a full computation; they are made anew',
    );
  }
  return differing;
}
