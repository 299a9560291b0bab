import { createPlatform, realClock, silentLog } from '../../src/platform/index.ts';
import { createHubRooms } from './hub-rooms.ts';

/**
 * A process that runs the hub on given databases until it is killed: `tsx hub-process.ts POSTGRES CLICKHOUSE`.
 * Says `ready` on stdout when its loops run.
 */
const [databaseUrl, clickhouseUrl] = process.argv.slice(2) as [string, string];
const platform = createPlatform({
  config: {
    port: 0,
    host: '127.0.0.1',
    dataDirectory: '',
    databaseUrl,
    clickhouseUrl,
    clickhouseCluster: undefined,
    adminToken: undefined,
    publicUrl: 'http://localhost:7500',
    timeZone: 'Asia/Shanghai',
    bankName: '测试银行',
    logLevel: 'silent',
    roles: new Set(['worker'] as const),
    demoClockStartMs: undefined,
  },
  databaseUrl,
  clickhouseUrl,
  masterKeyHex: '11'.repeat(32),
  clock: realClock(),
  log: silentLog,
});
const rooms = await createHubRooms(platform);
await rooms.hub.start();
process.stdout.write('ready\n');
// The parent's end is the end of this process too, however the parent ends.
process.stdin.resume();
process.stdin.on('end', () => process.exit(1));
