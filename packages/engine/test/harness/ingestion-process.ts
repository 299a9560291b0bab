// Works on ingestion runs in a process of its own, to be killed by tests: engines, folder and time come as arguments.
import { createLog, createPlatform, manualClock } from '../../src/platform/index.ts';
import { createIngestionRooms } from './ingestion-rooms.ts';

const [databaseUrl, clickhouseUrl, warehouseFolder, now] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
];
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
    warehouseFolder,
  },
  databaseUrl,
  clickhouseUrl,
  masterKeyHex: '11'.repeat(32),
  clock: manualClock(Number(now)),
  log: createLog('error'),
});
const rooms = createIngestionRooms(platform);
await rooms.start();
await rooms.ingestion.start();
process.stdout.write('ready\n');
