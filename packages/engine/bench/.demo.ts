import { Readable } from 'node:stream';
import { mappingSchema } from '@wutong/contract';
import { createDatabasesOn } from '../test/harness/databases.ts';
import { createTestPlatform } from '../test/harness/platform.ts';
import { createIdentity } from '../src/identity/index.ts';
import { createProfile } from '../src/profile/index.ts';
import { createIngest, createImports } from '../src/ingest/index.ts';
const d = await createDatabasesOn(process.env.WUTONG_TEST_DATABASE_URL!, process.env.WUTONG_TEST_CLICKHOUSE_URL!);
const platform = createTestPlatform(d); const identity = createIdentity(platform); await identity.start();
const profile = createProfile(platform, identity); const ingest = createIngest(platform, { identity, profile, wantedEvents: {} });
const imports = createImports(platform, { identity, profile, ingest });
const t = (x: string) => ({ en: x, zh: x }); const N = 20000;
const k = { type: 'customer_number', value: 'id' };
const f = (name: string, valueType: any) => ({ name, valueType, title: t(name) });
const mapping = mappingSchema.parse({ name: 'demo', title: t('d'), sourceId: 'core', declare: { attributes: [f('name','string'), f('age','number'), f('aum','number'), f('risk','string'), f('city','string')], detailTypes: [{ name: 'holding', title: t('h'), fields: [f('product_id','string'), f('amount','number'), f('maturity_date','date')] }], purposes: [{ purpose: 'marketing', version: 1, title: t('m') }], entityTypes: [{ name: 'manager', title: t('m'), fields: [f('name','string')] }], relationTypes: [{ name: 'managed_by', title: t('m'), from: 'person', to: 'manager', cardinality: 'many_to_one' }] },
 files: [ { file: 'people', format: 'ndjson', records: [ { record: 'person', keys: [k, { type: 'mobile', value: 'mobile' }, { type: 'account', value: 'account' }], attributes: { name: 'name', age: 'age', aum: 'aum', risk: 'risk', city: 'city' } }, { record: 'relation', type: 'managed_by', from: { person: [k] }, to: { entity: 'manager', id: 'manager' } } ] },
 { file: 'consents', format: 'ndjson', records: [ { record: 'consent', keys: [k], purpose: { constant: 'marketing' }, channel: 'channel', granted: 'granted' } ] },
 { file: 'holdings', format: 'ndjson', records: [ { record: 'detail', type: 'holding', id: 'h', owner: { person: [k] }, fields: { product_id: 'p', amount: 'a', maturity_date: 'm' } } ] } ] });
const run = await imports.create(mapping);
const body = (rows: object[]) => Readable.from([Buffer.from(rows.map((r) => JSON.stringify(r)).join('\n'))]);
const time = async (name: string, rows: object[]) => { const s = performance.now(); const c = process.cpuUsage(); const r = await imports.receive(run.importId, name, body(rows)); console.log(name, rows.length, Math.round(performance.now() - s), 'ms; cpu', Math.round(process.cpuUsage(c).user/1000), r.rejectedRows, r.state); };
await time('people', Array.from({ length: N }, (_, i) => ({ id: `C${100000 + i}`, mobile: `199${String(10000000 + i)}`, account: `6222${String(100000000 + i)}`, name: `N${i}`, age: i % 90, aum: i * 3.5, risk: 'C3', city: 'X', manager: `M${i % 50}` })));
await time('consents', Array.from({ length: N * 3 }, (_, i) => ({ id: `C${100000 + (i % N)}`, channel: ['sms','push','in_app'][Math.floor(i / N)], granted: i % 9 !== 0 })));
await time('holdings', Array.from({ length: 40000 }, (_, i) => ({ id: `C${100000 + (i % N)}`, h: `H${i}`, p: `P${i % 30}`, a: i, m: '2026-03-05' })));
await identity.stop(); await platform.close(); await d.drop();
