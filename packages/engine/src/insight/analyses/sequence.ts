import type { SequenceAnswer, SequenceRequest } from '@wutong/contract';
import { answerOf, runQuery } from './run-query.ts';
import { PERSON, resolveScope, TIME, type AnalysisNeeds } from './scope-sql.ts';
import { sessionRows } from './session.ts';

type Session = SequenceAnswer['people'][number]['sessions'][number];

interface PersonRow {
  person: number;
  events: number;
  newest: [number, string, string][];
}

/** What single people did, in sessions, oldest first; events of one instant are ordered by their id, as in EQL. @throws CodedError analysis_invalid, eql_invalid, analysis_too_slow */
export async function analyseSequence(
  needs: AnalysisNeeds,
  request: SequenceRequest,
): Promise<SequenceAnswer> {
  const startedAt = performance.now();
  const scope = await resolveScope(needs, request);
  const { bindings } = scope;
  const conditions: string[] = [];
  if (request.personIds) conditions.push(`person in ${bindings.bind('Array(UInt64)', request.personIds)}`);
  if (request.afterPersonId !== undefined)
    conditions.push(`person > ${bindings.integer(request.afterPersonId)}`);
  const rows = await runQuery<PersonRow>(
    needs,
    scope,
    `select ${PERSON} as person, count() as events,
       groupArraySorted(${request.eventsPerPerson})(
         (-toInt64(${TIME}), bitNot(reinterpretAsUInt128(event_id)), toString(event), toString(event_id))) as latest,
       arrayReverse(arrayMap(each -> (toUInt64(-each.1), each.3, each.4), latest)) as newest
     ${sessionRows(scope, request.events)}
     ${conditions.map((condition) => ` and ${condition}`).join('')}
     group by person order by person limit ${request.limit + 1}`,
  );
  const shown = rows.slice(0, request.limit);
  return {
    ...answerOf(scope, shown.length, startedAt),
    people: shown.map((row) => ({
      personId: row.person,
      events: row.events,
      sessions: cutSessions(row.newest, request.gapMs),
    })),
    ...(rows.length > request.limit ? { nextAfterPersonId: shown.at(-1)!.person } : {}),
  };
}

function cutSessions(events: PersonRow['newest'], gapMs: number): Session[] {
  const sessions: Session[] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const [time, event, eventId] of events) {
    const at = new Date(time).toISOString();
    if (time - last > gapMs) sessions.push({ from: at, to: at, events: [] });
    const session = sessions.at(-1)!;
    session.to = at;
    session.events.push({ event, at, eventId });
    last = time;
  }
  return sessions;
}
