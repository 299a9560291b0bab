import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.test.ts', 'packages/*/test/**/*.test.ts'],
    globalSetup: ['packages/engine/test/harness/global-setup.ts'],
    pool: 'forks', // engines load native libraries, which threads of one process would share
    maxWorkers: 3, // on two cores: many tests wait for clocks, engines and browsers
    isolate: false, // a fresh copy of every module for each file is a fifth of the processor time; tests share none
    testTimeout: 180_000, // a limit for what hangs, not a claim of speed: the machine may be busy,
    hookTimeout: 120_000,
  },
});
