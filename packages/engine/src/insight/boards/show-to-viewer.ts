import type { Dashboard, ShownDashboard, TileAnswer } from '@wutong/contract';
import type { CallingUser } from '../../platform/index.ts';
import { namesOfQuestion } from '../analyses/names-of-question.ts';
import type { InsightNeeds } from '../needs.ts';

type Viewer = Pick<CallingUser, 'name' | 'role' | 'userId' | 'permissions'>;

/** Ids of the tiles whose questions name what is not shared with the viewer. */
export async function unseenTiles(
  { audience }: Pick<InsightNeeds, 'audience'>,
  { tiles }: Dashboard,
  viewer: Viewer,
): Promise<Set<string>> {
  const mayAsk = await audience.mayAsk(
    tiles.map(({ analysis }) => namesOfQuestion(analysis)),
    viewer,
  );
  return new Set(tiles.flatMap(({ tileId }, index) => (mayAsk[index] ? [] : [tileId])));
}

/** A dashboard without the questions that are not for the viewer. The owner, who wrote them, can correct them. */
export async function showDashboard(
  needs: Pick<InsightNeeds, 'audience'>,
  dashboard: Dashboard,
  viewer: Viewer,
): Promise<ShownDashboard> {
  if (dashboard.owner === viewer.name) return dashboard;
  const unseen = await unseenTiles(needs, dashboard, viewer);
  return {
    ...dashboard,
    tiles: dashboard.tiles.map((tile) => {
      if (!unseen.has(tile.tileId)) return tile;
      const { analysis: _analysis, ...rest } = tile;
      return rest;
    }),
  };
}

/** Answers in the order of the tiles, a refusal in the place of each question that is not for the viewer. */
export function withRefusals(
  { tiles }: Dashboard,
  answers: readonly TileAnswer[],
  refused: {
    readonly tileIds: ReadonlySet<string>;
    readonly asked: readonly string[] | undefined;
    at: number;
  },
): TileAnswer[] {
  const answerOf = new Map(answers.map((answer) => [answer.tileId, answer]));
  const asOf = new Date(refused.at).toISOString();
  return tiles.flatMap(({ tileId, analysis: { kind } }): TileAnswer[] => {
    const answer = answerOf.get(tileId);
    if (answer) return [answer];
    if (!refused.tileIds.has(tileId) || refused.asked?.includes(tileId) === false) return [];
    return [{ tileId, kind, asOf, problem: 'names_not_shared' }];
  });
}
