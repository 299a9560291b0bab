import type { CallingUser, SeenPeople } from '../platform/index.ts';
import type { AnalysisNeeds } from './analyses/scope-sql.ts';
import { askAs } from './ask-as.ts';

/** What a caller's analyses are made with: names that the caller may see, over people whom the caller reaches. */
export async function askFor<Needs extends AnalysisNeeds>(
  asking: Needs,
  user: CallingUser,
  seen: SeenPeople | undefined,
): Promise<Needs> {
  const named = askAs(asking, user);
  return seen ? { ...named, platform: { ...named.platform, clickhouse: await seen.cut() } } : named;
}
