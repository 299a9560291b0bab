import type { SeenPeople } from '../platform/index.ts';
import type { AnalysisNeeds } from './analyses/scope-sql.ts';

/** What analyses are made with for a caller: of the people whom the caller reaches. */
export async function askSeen<Needs extends AnalysisNeeds>(
  asking: Needs,
  seen: SeenPeople | undefined,
): Promise<Needs> {
  return seen ? { ...asking, platform: { ...asking.platform, clickhouse: await seen.cut() } } : asking;
}
