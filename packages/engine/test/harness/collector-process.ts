// A collector in a process of its own, to be killed by tests: engines, port and lease come as arguments.
import { createPlatform, createLog, realClock } from '../../src/platform/index.ts';
import { startIngestServer } from './ingest-server.ts';

const [databaseUrl, clickhouseUrl, port, leaseMs] = process.argv.slice(2) as [string, string, string, string];
const platform = createPlatform({
  config: {
    port: 0,
    host: '127.0.0.1',
    dataDirectory: '',
    databaseUrl,
    clickhouseUrl,
    clickhouseCluster: undefined,
    adminToken: undefined,
    publicUrl: '',
    timeZone: 'Asia/Shanghai',
    bankName: '测试银行',
    logLevel: 'warn',
    roles: new Set(['api', 'worker']),
    demoClockStartMs: undefined,
  },
  databaseUrl,
  clickhouseUrl,
  masterKeyHex: '11'.repeat(32),
  clock: realClock(),
  log: createLog('error'),
});
await startIngestServer(platform, {
  port: Number(port),
  leaseMs: Number(leaseMs),
  wantedEvents: { canvas: () => new Set(['wanted']) },
});
process.stdout.write('ready\n');
