import { openClickHouse } from '/work/main/packages/engine/src/platform/clickhouse.ts';
import { linkRecords } from '/work/main/packages/engine/src/identity/linking/link-records.ts';
import { readFileSync } from 'node:fs'; import { gunzipSync } from 'node:zlib'; import { Readable } from 'node:stream';
const url = new URL(process.env.WUTONG_TEST_CLICKHOUSE_URL!); 
const ch0 = openClickHouse(url.toString()); await ch0.command('create database if not exists idtest'); url.pathname='/idtest';
const ch = openClickHouse(url.toString());
const sets: Record<string,string> = { febrl1:'rec_id', febrl2:'rec_id', febrl3:'rec_id', splink_fake_1000:'unique_id', splink_historical_50k:'unique_id' };
const only = process.argv.slice(2);
for (const [name,id] of Object.entries(sets)) { if (only.length && !only.includes(name)) continue;
  const csv = gunzipSync(readFileSync(`/work/shared/data/linkage/${name}.csv.gz`)).toString();
  const head = csv.slice(0, csv.indexOf('\n')).trim().split(',');
  await ch.command(`drop table if exists in_${name}`);
  await ch.command(`create table in_${name} (${head.map(h=>'`'+h+'` String').join(',')}) engine=MergeTree order by tuple()`);
  await ch.client.insert({ table:`in_${name}`, values: Readable.from([csv],{objectMode:false}), format:'CSVWithNames' as never });
  const t0=Date.now(); let last=t0; const times:string[]=[]; let step='';
  const done = await linkRecords(ch, name, { source:`in_${name}`, idColumn:id, columns: head.filter(h=>h!==id&&h!=='cluster'), onProgress:(s)=>{ const n=Date.now(); if(step) times.push(`${step} ${n-last}`); step=s; last=n; } });
  const secs=(Date.now()-t0)/1000;
  console.log('==',name,'records',done.records,'candidates',done.candidates,'links',done.links,'reviews',done.reviews,'prior',done.model.prior.toExponential(2),secs+'s',times.join('; '));
  if (process.env.V) { for (const [i,c] of done.comparisons.entries()) console.log(c.profile.name,c.profile.kind,c.profile.distinct,'m',done.model.m[i]!.map(x=>x.toFixed(4)).join(' '),'u',done.model.u[i]!.map(x=>x.toFixed(5)).join(' ')); for (const r of done.rules) console.log('rule',r.parts.join(' & '),r.pairs); }
  const truth = `select a.record_number as l, b.record_number as r from linkage_record_${name} a join in_${name} ia on ia.${id}=a.id join in_${name} ib on ib.cluster=ia.cluster join linkage_record_${name} b on b.id=ib.${id} where l<r`;
  const [q] = await ch.query<any>(`with t as (${truth}) select (select count() from t) as truth, (select count() from (select l,r from linkage_pair_${name}) p join t using l,r) as blocked, count() as tp0 from (select 1)`);
  for (const th of [0.05,0.2,0.5,0.7,0.9,0.95,0.99,0.999]) {
   const [s] = await ch.query<any>(`with t as (${truth}) select count() as links, countIf((l,r) in (select l,r from t)) as tp from linkage_score_${name} where probability>=${th}`);
   const p=s.tp/s.links, r=s.tp/q.truth; console.log(th, 'truth',q.truth,'blocked',q.blocked,'P',p.toFixed(4),'R',r.toFixed(4),'F1',(2*p*r/(p+r)).toFixed(4));
  }
  const cl = await done.clusters(); console.log('clusters',cl.length, 'largest', Math.max(...cl.map(c=>c.length)));
}
await ch.close(); await ch0.close();
