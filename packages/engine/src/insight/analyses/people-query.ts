import { runQuery } from './run-query.ts';
import type { AnalysisNeeds, ResolvedScope } from './scope-sql.ts';

/** A statement that selects `person`, perhaps more than once. */
export interface PeopleQuery {
  readonly scope: ResolvedScope;
  readonly sql: string;
}

/** A page of the people by id, and how many there are in all. */
export async function readPeople(
  needs: AnalysisNeeds,
  { scope, sql }: PeopleQuery,
  page: { afterPersonId?: number | undefined; limit: number },
): Promise<{ total: number; personIds: number[]; nextAfterPersonId?: number }> {
  const after =
    page.afterPersonId === undefined ? '' : `where person > ${scope.bindings.integer(page.afterPersonId)}`;
  const [total, rows] = await Promise.all([
    runQuery<{ total: number }>(needs, scope, `select uniqExact(person) as total from (${sql})`),
    runQuery<{ person: number }>(
      needs,
      scope,
      `select distinct person from (${sql}) ${after} order by person limit ${page.limit + 1}`,
    ),
  ]);
  const personIds = rows.slice(0, page.limit).map((row) => row.person);
  return {
    total: total[0]!.total,
    personIds,
    ...(rows.length > page.limit ? { nextAfterPersonId: personIds.at(-1)! } : {}),
  };
}

/** All the people by id, in blocks, without holding them all. */
export async function* streamPeople(
  { platform }: AnalysisNeeds,
  { scope, sql }: PeopleQuery,
): AsyncIterable<number[]> {
  const rows = platform.clickhouse.queryStream<{ person: number }>(
    `select distinct person from (${sql}) order by person`,
    scope.bindings.parameters,
  );
  for await (const block of rows) yield block.map((row) => row.person);
}
