import { expect, test } from 'vitest';
import { identityApi } from '@wutong/contract';
import { itemIdOf } from './quarantine-store.ts';

test('every item that a guard finds can be decided: its id is accepted by the operation', () => {
  const { params } = identityApi.decideQuarantine;
  const refused = Array.from({ length: 200 }, (_, index) =>
    itemIdOf('shared', [`fingerprint ${index}`]),
  ).filter((itemId) => !params!.safeParse({ itemId }).success);
  expect(refused).toEqual([]);
});
