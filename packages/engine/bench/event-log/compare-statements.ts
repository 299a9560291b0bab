import type { ClickHouse } from '../../src/platform/index.ts';
import type { BenchRow } from '../bench-context.ts';

/** Runs counted of each; the first one of each is to warm up. */
const RUNS = 5;

/** A way of answering: resolves with what it found, so that ways can be compared. */
export interface Way {
  readonly name: string;
  run(): Promise<unknown>;
}

/** Seconds of each way: the median of runs that take turns, so that a busy moment hits all of them. */
export async function measureWays(ways: readonly Way[], say: (text: string) => void): Promise<number[]> {
  const seconds = ways.map(() => [] as number[]);
  for (let run = 0; run <= RUNS; run++) {
    for (const [index, way] of ways.entries()) {
      const startedAt = performance.now();
      const found = await way.run();
      if (run > 0) seconds[index]!.push((performance.now() - startedAt) / 1_000);
      else say(`${way.name}: ${JSON.stringify(found).slice(0, 160)}`);
    }
  }
  const medians = seconds.map((each) => each.sort((one, other) => one - other)[Math.floor(RUNS / 2)]!);
  for (const [index, way] of ways.entries()) say(`${way.name}: ${medians[index]!.toFixed(3)} s`);
  return medians;
}

/** Claims of an analysis: against the peers' statement, and against the least that any answer costs. `boundBy`: what ours spends its time on. */
export async function benchAnalysis(
  name: string,
  ways: { ours: Way; peers: Way; least: Way; others?: Readonly<Record<string, Way>> },
  say: (text: string) => void,
  boundBy?: string,
): Promise<BenchRow[]> {
  const baselines = { [name]: ways.peers, [`${name}-least`]: ways.least, ...ways.others };
  const [ours = 0, ...measured] = await measureWays([ways.ours, ...Object.values(baselines)], say);
  return Object.entries(baselines).map(([claim, way], index) => ({
    name: claim,
    value: ours,
    unit: 's',
    baseline: way.name,
    baselineValue: measured[index]!,
    ratio: measured[index]! / ours,
    ...(way === ways.least
      ? { note: `0.5 and more: within twice the least${boundBy === undefined ? '' : `; ${boundBy}`}` }
      : {}),
  }));
}

/** A statement that is read and thrown away. */
export function statement(clickhouse: ClickHouse, name: string, sql: string): Way {
  return { name, run: () => clickhouse.query(sql) };
}
