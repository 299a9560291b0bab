import type { Dashboard, TileAnswer } from '@wutong/contract';
import { createHash } from 'node:crypto';
import { CodedError, isEngineUnavailable, type Platform } from '../../platform/index.ts';
import { runAnalysis } from '../analyses/run-analysis.ts';
import type { AnalysisNeeds } from '../analyses/scope-sql.ts';
import { claimDueDashboard } from './dashboard-store.ts';
import { selectTileAnswers, writeTileAnswer, type KeptAnswer } from './tile-answer-store.ts';

/** Answers of dashboards without a time of their own are kept this long, in ms: a team looks at the same one. */
const KEPT_MS = 60_000;
const MINUTE_MS = 60_000;

type Tile = Dashboard['tiles'][number];

/** Answers to the questions of dashboards, kept in PostgreSQL so that all processes and viewers share them. */
export interface TileAnswers {
  /** In the order of the tiles. A question that fails says so in its place; the others are answered. */
  answer(
    dashboard: Dashboard,
    asked: { refresh: boolean; tileIds?: readonly string[] | undefined },
  ): Promise<TileAnswer[]>;
  /** As `answer`, for a caller who reaches a part of the people: asked with what is given, kept nowhere. */
  answerAnew(
    asking: AnalysisNeeds,
    dashboard: Dashboard,
    tileIds: readonly string[] | undefined,
  ): Promise<TileAnswer[]>;
  /** Computes one dashboard that is due ahead. False: the loop then pauses, however many are due. */
  refreshNext(): Promise<boolean>;
}

export function createTileAnswers(
  { database, clock }: Pick<Platform, 'database' | 'clock'>,
  asking: AnalysisNeeds,
): TileAnswers {
  /** Questions being computed: who asks the same at the same time waits for the one answer. */
  const computing = new Map<string, Promise<KeptAnswer>>();

  async function compute(dashboardId: string, tile: Tile, question: string): Promise<KeptAnswer> {
    const kept: KeptAnswer = {
      tileId: tile.tileId,
      question,
      asOf: clock.now(),
      ...(await ask(asking, tile)),
    };
    await writeTileAnswer(database, dashboardId, kept);
    return kept;
  }

  function shared(dashboardId: string, tile: Tile, question: string): Promise<KeptAnswer> {
    const key = `${dashboardId} ${tile.tileId} ${question}`;
    const running = computing.get(key) ?? compute(dashboardId, tile, question);
    computing.set(key, running);
    return running.finally(() => computing.delete(key));
  }

  const answers: TileAnswers = {
    async answer(dashboard, { refresh, tileIds }) {
      const kept = new Map(
        (await selectTileAnswers(database, dashboard.dashboardId)).map((each) => [each.tileId, each]),
      );
      const oldest =
        clock.now() - (dashboard.refreshMinutes ? dashboard.refreshMinutes * MINUTE_MS : KEPT_MS);
      const items: TileAnswer[] = [];
      // One after the other: each may take all of ClickHouse's cores.
      for (const tile of dashboard.tiles) {
        if (tileIds && !tileIds.includes(tile.tileId)) continue;
        const question = printOf(tile);
        const known = kept.get(tile.tileId);
        const isFresh = !refresh && known?.question === question && known.asOf > oldest;
        items.push(shown(tile, isFresh ? known : await shared(dashboard.dashboardId, tile, question)));
      }
      return items;
    },
    async answerAnew(askingSeen, dashboard, tileIds) {
      const items: TileAnswer[] = [];
      for (const tile of dashboard.tiles) {
        if (tileIds && !tileIds.includes(tile.tileId)) continue;
        const { tileId } = tile;
        const given = {
          tileId,
          question: printOf(tile),
          asOf: clock.now(),
          ...(await ask(askingSeen, tile)),
        };
        items.push(shown(tile, given));
      }
      return items;
    },
    async refreshNext() {
      const dashboard = await database.transaction((transaction) =>
        claimDueDashboard(transaction, clock.now()),
      );
      if (dashboard) await answers.answer(dashboard, { refresh: true });
      return false;
    },
  };
  return answers;
}

async function ask(asking: AnalysisNeeds, tile: Tile): Promise<Pick<KeptAnswer, 'answer' | 'problem'>> {
  try {
    return { answer: await runAnalysis(asking, tile.analysis), problem: undefined };
  } catch (error) {
    if (isEngineUnavailable(error)) throw error;
    return { answer: undefined, problem: error instanceof CodedError ? error.code : 'internal_error' };
  }
}

const printOf = (tile: Tile): string =>
  createHash('sha256').update(JSON.stringify(tile.analysis)).digest('base64url');

function shown(tile: Tile, { asOf, answer, problem }: KeptAnswer): TileAnswer {
  return {
    tileId: tile.tileId,
    kind: tile.analysis.kind,
    asOf: new Date(asOf).toISOString(),
    ...(problem === undefined ? { answer } : { problem }),
  };
}
