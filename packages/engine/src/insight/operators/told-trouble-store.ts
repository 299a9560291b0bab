import type { OperatorTrouble } from '@wutong/contract';
import type { Transaction } from '../../platform/index.ts';
import type { EndedTrouble } from './compose-operator-notice.ts';

/** One process at a time compares what is wrong with what was told; another one waits for it. */
export async function lockTold(transaction: Transaction): Promise<void> {
  await transaction.execute('lock table insight.told_trouble in exclusive mode');
}

/** Notes what is wrong at `now` (epoch ms) as told: what had not been, and what was told and is over, which is forgotten. */
export async function replaceTold(
  transaction: Transaction,
  troubles: readonly OperatorTrouble[],
  now: number,
): Promise<{ began: OperatorTrouble[]; ended: EndedTrouble[] }> {
  const parameters = [troubles.map(({ kind }) => kind), troubles.map(({ objectId }) => objectId)];
  const ended = await transaction.query<{ kind: OperatorTrouble['kind']; object_id: string; name: string }>(
    `delete from insight.told_trouble where (kind, object_id) not in (select * from unnest($1::text[], $2::text[]))
     returning kind, object_id, name`,
    parameters,
  );
  const begun = await transaction.query<{ kind: string; object_id: string }>(
    `insert into insight.told_trouble (kind, object_id, name, told_at)
     select kind, object_id, name, $4 from unnest($1::text[], $2::text[], $3::text[]) as trouble(kind, object_id, name)
     on conflict do nothing returning kind, object_id`,
    [...parameters, troubles.map(({ name }) => name), now],
  );
  const isNew = new Set(begun.map((row) => `${row.kind} ${row.object_id}`));
  return {
    began: troubles.filter(({ kind, objectId }) => isNew.has(`${kind} ${objectId}`)),
    ended: ended.map(({ kind, object_id, name }) => ({ kind, objectId: object_id, name })),
  };
}

/** What is wrong is told anew: to others, or in another language. */
export async function forgetTold(transaction: Transaction): Promise<void> {
  await transaction.execute('delete from insight.told_trouble');
}
