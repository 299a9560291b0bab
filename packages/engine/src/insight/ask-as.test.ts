import { expect, test } from 'vitest';
import type { CallingUser } from '../platform/index.ts';
import type { AnalysisNeeds } from './analyses/scope-sql.ts';
import { askAs } from './ask-as.ts';
import { testNeeds } from './insight-world.ts';

test('a question is asked on behalf of who asks it, and of nobody where the system does', async () => {
  const asked: unknown[] = [];
  const needs = testNeeds({
    audience: {
      peopleSql: async (_expression, _prefix, asker) => {
        asked.push(asker);
        return { sql: 'select 1', parameters: {} };
      },
      tagGroups: async (_tagId, _prefix, asker) => {
        asked.push(asker);
        return undefined;
      },
    },
  });
  const asking = { needs } as unknown as AnalysisNeeds;
  const user = { userId: 'mei', role: 'marketer' } as CallingUser;
  for (const { audience } of [asking.needs, askAs(asking, user).needs]) {
    await audience.peopleSql({ text: 'person' }, 'of_');
    await audience.tagGroups('level', 'of_');
  }
  expect(asked).toEqual([undefined, undefined, user, user]);
});
