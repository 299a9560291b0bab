import { createTestPlatform } from '/work/main/packages/engine/test/harness/platform.ts';
import { createDatabasesOn } from '/work/main/packages/engine/test/harness/databases.ts';
import { run } from '/work/main/packages/engine/bench/canvas-step.ts';
const times = new Map<string, [number, number]>();
const rows = await run({ say: console.log, async createPlatform() {
  const d = await createDatabasesOn(process.env.WUTONG_TEST_DATABASE_URL!, process.env.WUTONG_TEST_CLICKHOUSE_URL!);
  const base = createTestPlatform(d);
  const t0 = base.database.transaction;
  const timed = (f: any) => async (text: string, values: any) => { const s = performance.now(); try { return await f(text, values); } finally { const k = text.replace(/\s+/g,' ').slice(0, 70); const e = times.get(k) ?? [0,0]; e[0]++; e[1]+=performance.now()-s; times.set(k, e); } };
  const platform = { ...base, database: { ...base.database, transaction: (work: any) => t0((tx) => work({ query: timed(tx.query), execute: timed(tx.execute) })) } };
  return { platform, databaseUrl: d.databaseUrl, clickhouseUrl: d.clickhouseUrl, async drop() { await base.close(); await d.drop(); } } as any;
}});
console.table(rows.map(({name,value,baselineValue,ratio})=>({name,value,baselineValue,ratio})));
for (const [k,[n,t]] of [...times].sort((a,b)=>b[1][1]-a[1][1]).slice(0,22)) console.log(Math.round(t), n, k);
process.exit(0);
