import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { HttpServer } from './http/server.ts';
import type { Platform } from './platform.ts';

/** Watches the engines and answers `/healthz`, `/readyz` and `/metrics`. */
export interface Readiness {
  /** Engines that did not answer the last look. */
  unreachable(): readonly string[];
  /** Somebody knows that an engine has just ended; the next look says when it is back. */
  noteDown(engine: 'postgres' | 'clickhouse'): void;
  /** Called once everything is started; until then `/readyz` says `starting`. */
  markStarted(): void;
  stop(): void;
}

const LOOK_EVERY_MS = 1_000;
const LOOK_TIMEOUT_MS = 3_000;

async function answersInTime(look: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), LOOK_TIMEOUT_MS);
  });
  const answered = await Promise.race([
    look.then(
      (result) => result !== false,
      () => false,
    ),
    late,
  ]);
  clearTimeout(timer);
  return answered;
}

/**
 * `/healthz`: the process lives (always 200). `/readyz`: 200 when both engines answer, else 503 with
 * the names of those that do not; the process waits for them and goes on by itself.
 */
export function watchReadiness(platform: Platform, server: HttpServer): Readiness {
  let down: string[] = [];
  let started = false;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  async function look(): Promise<void> {
    const [postgres, clickhouse] = await Promise.all([
      answersInTime(platform.database.query('select 1')),
      answersInTime(platform.clickhouse.ping()),
    ]);
    down = [...(postgres ? [] : ['postgres']), ...(clickhouse ? [] : ['clickhouse'])];
    if (!stopped) timer = setTimeout(() => void look(), LOOK_EVERY_MS);
  }
  void look();

  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const loopRounds = new Gauge({
    name: 'wutong_loop_rounds',
    help: 'good rounds of a loop',
    labelNames: ['loop'],
    registers: [registry],
  });
  const loopFailures = new Gauge({
    name: 'wutong_loop_failures',
    help: 'failed rounds of a loop',
    labelNames: ['loop'],
    registers: [registry],
  });
  const engineUp = new Gauge({
    name: 'wutong_engine_up',
    help: '1 when the engine answers',
    labelNames: ['engine'],
    registers: [registry],
  });
  const requests = new Histogram({
    name: 'wutong_http_request_seconds',
    help: 'time to answer, by route and status',
    labelNames: ['route', 'status'],
    buckets: [0.005, 0.025, 0.1, 0.5, 2.5, 10],
    registers: [registry],
  });
  server.fastify.addHook('onResponse', async (request, reply) => {
    requests.observe(
      { route: request.routeOptions.url ?? 'unknown', status: String(reply.statusCode) },
      reply.elapsedTime / 1000,
    );
  });

  server.fastify.get('/healthz', async () => ({ status: 'ok' }));
  server.fastify.get('/readyz', async (_request, reply) => {
    const ready = started && down.length === 0;
    return reply.status(ready ? 200 : 503).send({
      status: ready ? 'ready' : started ? 'waiting' : 'starting',
      waitingFor: down,
    });
  });
  server.fastify.get('/metrics', async (_request, reply) => {
    for (const state of platform.jobs.states()) {
      loopRounds.set({ loop: state.name }, state.rounds);
      loopFailures.set({ loop: state.name }, state.failures);
    }
    for (const engine of ['postgres', 'clickhouse']) engineUp.set({ engine }, down.includes(engine) ? 0 : 1);
    return reply.type(registry.contentType).send(await registry.metrics());
  });

  return {
    unreachable: () => down,
    noteDown(engine) {
      if (!down.includes(engine)) down = [...down, engine];
    },
    markStarted() {
      started = true;
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
