import { createTestPlatform } from '/work/main/packages/engine/test/harness/platform.ts';
import { createDatabasesOn } from '/work/main/packages/engine/test/harness/databases.ts';
import { claimDue, writeEnrolments } from '/work/main/packages/engine/src/canvas/enrolment-store.ts';
const d = await createDatabasesOn(process.env.WUTONG_TEST_DATABASE_URL!, process.env.WUTONG_TEST_CLICKHOUSE_URL!);
const { database } = createTestPlatform(d);
await database.execute(`insert into canvas.enrolment (strategy_id, version, node_id, arrived_at, due_at, anchor_at, entered_at,
        goal_until_at, is_active, person_id, key_number, holdout)
     select 's', 1, 'first_wait', 1,1,1,1,1, true, number, number, false
       from generate_series(1, 500000) as number`);
await database.execute('analyze canvas.enrolment');
for (let r = 0; r < 6; r++) await database.transaction(async (tx) => {
  let s = performance.now();
  const rows = await claimDue(tx, 's', 1, 5000);
  const c = performance.now() - s; s = performance.now();
  await writeEnrolments(tx, rows.map(r => ({...r, nodeId: 'second', dueAt: 99, variants: {split:'A'}})));
  console.log('claim', c|0, 'write', (performance.now() - s)|0);
});
await d.drop();
process.exit(0);
