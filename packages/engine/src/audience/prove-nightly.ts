import type { Identity } from '../identity/index.ts';
import type { Platform } from '../platform/index.ts';
import { whileComputing } from './compute-lock.ts';
import { keptAmong } from './compute-kept.ts';
import { selectKeptState } from './incremental/kept-state.ts';
import { prepareExpression } from './prepare-expression.ts';
import { proveKept } from './prove-kept.ts';
import type { CatalogueReader } from './read-catalogue.ts';
import { nextDue } from './schedule.ts';
import { selectRuleSegments } from './segment-store.ts';

/** When the night's proof is due, on the bank's clock: after the day's loads, before the morning. */
const PROOF_SCHEDULE = { every: 'day', at: '03:30' } as const;
/** Segments proved in one statement. */
const SEGMENTS_A_PROOF = 32;

/** Once a night: what was kept from run to run equals what a full computation finds, or an alarm says so. */
export async function proveNightly(
  platform: Platform,
  reader: CatalogueReader,
  identity: Pick<Identity, 'takePersonChanges'>,
): Promise<void> {
  const { database, clock, config } = platform;
  const now = clock.now();
  if (!(await selectKeptState(database))) return;
  const [last] = await database.query<{ at: number | null }>('select max(at) as at from audience.proof');
  const due = nextDue(PROOF_SCHEDULE, last?.at ?? now - 86_400_000, config.timeZone);
  if (due === undefined || due > now) return;
  await whileComputing(platform, { wait: false }, async () => {
    const preparation = await reader.preparation(now);
    const rows = await selectRuleSegments(database);
    const segments = keptAmong(
      rows.flatMap((row) => {
        const prepared = row.document && prepareExpression({ document: row.document }, preparation);
        return prepared && !('problems' in prepared) ? [{ row, prepared }] : [];
      }),
    );
    for (let start = 0; start < segments.length; start += SEGMENTS_A_PROOF) {
      const some = segments.slice(start, start + SEGMENTS_A_PROOF);
      const differing = await proveKept(platform, reader, identity, some);
      // What is kept is forgotten: the next run makes it anew, and the rest is proved tomorrow.
      if (differing.length > 0) return;
    }
  });
}
