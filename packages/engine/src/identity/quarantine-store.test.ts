import { identityApi } from '@wutong/contract';
import { expect, test } from 'vitest';
import { itemIdOf } from './quarantine-store.ts';

test('every item can be named in a decision: its id is a hash, not a UUID of a version', () => {
  for (let key = 0; key < 100; key++) {
    const itemId = itemIdOf('cardinality', [`fingerprint ${key}`, 'another']);
    expect(identityApi.decideQuarantine.params?.parse({ itemId })).toEqual({ itemId });
  }
});
