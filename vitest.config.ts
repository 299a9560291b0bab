import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Begun first, the longest before the others, so that no worker is left alone with one of them at the end. */
const LONGEST = [
  'test/loop.test.ts',
  'linking/linkage-sets.test.ts',
  'faults/kill-server.test.ts',
  'linking/link-records.test.ts',
  'streams/streams.test.ts',
  'ingest/faults.test.ts',
  'hub/survive-kill.test.ts',
  'engines/engine-faults.test.ts',
  'test/real-customers.test.ts',
  'console/test/pages.test.ts',
  'console/test/outputs.test.ts',
  'console/test/insight.test.ts',
];
const rank = ({ moduleId }: TestSpecification): number => {
  const place = LONGEST.findIndex((file) => moduleId.endsWith(`/${file}`));
  return place < 0 ? LONGEST.length : place;
};

/** Known durations are in a cache, which a fresh clone does not have: vitest then begins with the largest files. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((one, other) => rank(one) - rank(other));
  }
}

export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.test.ts', 'packages/*/test/**/*.test.ts'],
    globalSetup: ['packages/engine/test/harness/global-setup.ts'],
    pool: 'forks', // engines load native libraries, which threads of one process would share
    maxWorkers: 3, // on two cores: many tests wait for clocks, engines and browsers
    isolate: false, // a fresh copy of every module for each file is a fifth of the processor time; tests share none
    sequence: { sequencer: LongestFirst },
    testTimeout: 180_000, // a limit for what hangs, not a claim of speed: the machine may be busy,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000 } },
  },
});
