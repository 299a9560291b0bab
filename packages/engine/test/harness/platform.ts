import {
  createPlatform,
  manualClock,
  silentLog,
  type ManualClock,
  type Platform,
} from '../../src/platform/index.ts';

/** 2026-03-02 10:00 in Shanghai, a Monday. */
export const TEST_START_MS = Date.UTC(2026, 2, 2, 2, 0, 0);

/** A platform on the given databases, with a clock that the test moves. */
export function createTestPlatform(
  databases: { databaseUrl: string; clickhouseUrl: string; clickhouseCluster?: string | undefined },
  options: { startMs?: number; clock?: ManualClock } = {},
): Platform & { clock: ManualClock } {
  const clock = options.clock ?? manualClock(options.startMs ?? TEST_START_MS);
  const platform = createPlatform({
    config: {
      port: 0,
      host: '127.0.0.1',
      dataDirectory: '',
      databaseUrl: databases.databaseUrl,
      clickhouseUrl: databases.clickhouseUrl,
      clickhouseCluster: databases.clickhouseCluster,
      adminToken: undefined,
      publicUrl: 'http://localhost:7500',
      timeZone: 'Asia/Shanghai',
      bankName: '测试银行',
      logLevel: 'silent',
      roles: new Set(['api', 'worker']),
      demoClockStartMs: undefined,
    },
    databaseUrl: databases.databaseUrl,
    clickhouseUrl: databases.clickhouseUrl,
    masterKeyHex: '11'.repeat(32),
    clock,
    log: silentLog,
  });
  return platform as Platform & { clock: ManualClock };
}
