import { createDatabasesOn } from '../test/harness/databases.ts';
import { createPlatform, realClock } from '../src/platform/index.ts';
import { run } from './hub-send.ts';
import pg from 'pg';
const stats = new Map<string, {n:number, ms:number}>();
const orig = pg.Client.prototype.query;
(pg.Client.prototype as any).query = function (text: any, ...rest: any[]) {
  const key = (typeof text === 'string' ? text : text?.text ?? '?').replace(/\s+/g,' ').slice(0, 90);
  const t = performance.now();
  const r = (orig as any).call(this, text, ...rest);
  if (r?.then) r.then(() => { const s = stats.get(key) ?? {n:0,ms:0}; s.n++; s.ms += performance.now()-t; stats.set(key,s); }, () => {});
  return r;
};
const rows = await run({ say: (t) => { console.error(new Date().toISOString(), t); if (t==='delivering') stats.clear(); }, async createPlatform() {
  const d = await createDatabasesOn(process.env.WUTONG_TEST_DATABASE_URL!, process.env.WUTONG_TEST_CLICKHOUSE_URL!);
  const platform = createPlatform({ config: { port:0, host:'', dataDirectory:'', databaseUrl: d.databaseUrl, clickhouseUrl: d.clickhouseUrl, clickhouseCluster: undefined, adminToken: undefined, publicUrl:'http://localhost:7500', timeZone:'Asia/Shanghai', bankName:'x', logLevel:'warn', roles:new Set(['worker'] as const), demoClockStartMs: undefined }, databaseUrl: d.databaseUrl, clickhouseUrl: d.clickhouseUrl, masterKeyHex: '11'.repeat(32), clock: realClock() });
  return { platform, ...d, async drop(){ await platform.close(); await d.drop(); } };
}});
console.table(rows.map(r=>({n:r.name,v:r.value,b:r.baselineValue,ratio:r.ratio})));
for (const [k,s] of [...stats].sort((a,b)=>b[1].ms-a[1].ms).slice(0,28)) console.log(Math.round(s.ms), s.n, k);
process.exit(0);
