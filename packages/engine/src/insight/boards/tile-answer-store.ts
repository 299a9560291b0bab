import type { Database } from '../../platform/index.ts';

/** The last answer to a tile's question, or the code of why there is none; `asOf` in epoch ms. */
export interface KeptAnswer {
  readonly tileId: string;
  /** Print of the question that was asked. */
  readonly question: string;
  readonly answer: unknown;
  readonly problem: string | undefined;
  readonly asOf: number;
}

export async function selectTileAnswers(
  database: Pick<Database, 'query'>,
  dashboardId: string,
): Promise<KeptAnswer[]> {
  const rows = await database.query<{
    tile_id: string;
    question: string;
    answer: unknown;
    problem: string | null;
    as_of: number;
  }>('select tile_id, question, answer, problem, as_of from insight.tile_answer where dashboard_id = $1', [
    dashboardId,
  ]);
  return rows.map((row) => ({
    tileId: row.tile_id,
    question: row.question,
    answer: row.answer,
    problem: row.problem ?? undefined,
    asOf: row.as_of,
  }));
}

/** Keeps an answer; an older one does not replace a newer one, and a dashboard deleted meanwhile stays deleted. */
export async function writeTileAnswer(
  database: Pick<Database, 'execute'>,
  dashboardId: string,
  kept: KeptAnswer,
): Promise<void> {
  await database.execute(
    `insert into insight.tile_answer (dashboard_id, tile_id, question, answer, problem, as_of)
     select dashboard_id, $2, $3, $4::jsonb, $5, $6 from insight.dashboard where dashboard_id = $1
     on conflict (dashboard_id, tile_id) do update set question = excluded.question, answer = excluded.answer,
       problem = excluded.problem, as_of = excluded.as_of
     where tile_answer.as_of <= excluded.as_of`,
    [
      dashboardId,
      kept.tileId,
      kept.question,
      kept.answer === undefined ? null : JSON.stringify(kept.answer),
      kept.problem ?? null,
      kept.asOf,
    ],
  );
}
