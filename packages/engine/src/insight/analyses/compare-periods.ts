import type { Answer, Scope } from '@wutong/contract';
import { resolvePeriod, type AnalysisNeeds } from './scope-sql.ts';
import { shiftedPeriod } from './shift-period.ts';

/** The answer to a question, and where it is asked for the one to the same question of an earlier period. */
export async function withCompared<Asked extends Scope, Answered extends Answer>(
  asking: AnalysisNeeds,
  request: Asked,
  analyse: (asking: AnalysisNeeds, request: Asked) => Promise<Answered>,
): Promise<Answered & { compared?: Answered }> {
  const answer = await analyse(asking, request);
  if (request.compare === undefined) return answer;
  const timeZone = request.timeZone ?? asking.platform.config.timeZone;
  const present = resolvePeriod(request.period, Date.parse(answer.asOf), timeZone);
  const lastDays = 'lastDays' in request.period ? request.period.lastDays : undefined;
  const { from, to } = shiftedPeriod({ ...present, lastDays }, request.compare, timeZone);
  const period = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
  return { ...answer, compared: await analyse(asking, { ...request, compare: undefined, period }) };
}
