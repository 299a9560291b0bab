import { reportStrategies, reportStrategy } from './report-strategies.ts';
import type { Platform, RunningLoop } from '../platform/index.ts';
import { checkDocument } from './check-document.ts';
import { strategiesWithWork } from './enrolment-store.ts';
import type { Canvas } from './front-door.ts';
import { createPrograms } from './load-program.ts';
import { createManagement } from './manage-strategy.ts';
import type { CanvasNeeds } from './needs.ts';
import { readNumbers } from './number-store.ts';
import { presentNumbers } from './present-numbers.ts';
import { declareRoutes } from './routes.ts';
import { planEntries, runEntries, type EntryDependencies } from './run-entries.ts';
import { simulateStrategy } from './simulate.ts';
import { stepStrategy } from './step-strategy.ts';
import { takeEvents } from './take-events.ts';
import { createWantedEvents } from './wanted-events.ts';

// Live numbers are kept in this many rows; writers that happen on the same one wait for each other shortly.
const SLOTS = 16;
const INTERVAL_MS = 50;
const PLAN_INTERVAL_MS = 100;
const WANTED_INTERVAL_MS = 500;

/** The canvas. `slot` tells writers of live numbers apart; by default one by chance for each process. */
export function createCanvas(
  platform: Platform,
  needs: CanvasNeeds,
  options: { slot?: number } = {},
): Canvas {
  const { database, clock, jobs } = platform;
  const programs = createPrograms();
  const slot = options.slot ?? Math.floor(Math.random() * SLOTS);
  const wanted = createWantedEvents(database, () => clock.now());
  const management = createManagement(platform, needs);
  const of: EntryDependencies = { platform, needs, programs, slot };
  const loops: RunningLoop[] = [];

  /** One batch of every strategy that has somebody due. A strategy that fails does not stop the others. */
  async function stepAll(): Promise<boolean> {
    let moved = 0;
    let failure: unknown;
    for (const { strategyId } of await strategiesWithWork(database, clock.now())) {
      try {
        moved += await stepStrategy(of, strategyId);
      } catch (error) {
        failure ??= error;
      }
    }
    if (failure !== undefined) throw failure;
    return moved > 0;
  }

  const canvas: Canvas = {
    ...management,
    async publish(input) {
      const published = await management.publish(input);
      await wanted.refresh();
      return published;
    },
    check: (document, asker) => checkDocument(needs, document, asker),
    async numbers(strategyId, version) {
      const program = await programs.of(database, strategyId, version);
      return presentNumbers(program, await readNumbers(database, strategyId, version), clock.now());
    },
    simulate: (input) => simulateStrategy(platform, needs, input),
    strategies: () => reportStrategies(database),
    strategy: (strategyId) => reportStrategy(database, strategyId),
    wantedEvents: () => wanted.names(),
    async settle() {
      await wanted.refresh();
      for (;;) {
        await planEntries(of);
        const entered = await runEntries(of);
        const heard = await takeEvents(of);
        const stepped = await stepAll();
        if (!entered && !heard && !stepped) return;
      }
    },
    routes: (server) => declareRoutes(server, { platform, needs, canvas, programs, slot }),
    async start() {
      await wanted.refresh();
      const add = (name: string, intervalMs: number, run: () => Promise<boolean>): void => {
        loops.push(jobs.loop({ name: `canvas.${name}`, intervalMs, run }));
      };
      add('wanted', WANTED_INTERVAL_MS, async () => {
        await wanted.refresh();
        return false;
      });
      add('plan', PLAN_INTERVAL_MS, async () => {
        await planEntries(of);
        return false;
      });
      add('enter', INTERVAL_MS, () => runEntries(of));
      add('hear', INTERVAL_MS, () => takeEvents(of));
      add('step', INTERVAL_MS, stepAll);
    },
    async stop() {
      for (const loop of loops.splice(0).reverse()) await loop.stop();
    },
  };
  return canvas;
}
