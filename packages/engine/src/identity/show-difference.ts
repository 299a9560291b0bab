import type { identityApi } from '@wutong/contract';
import type { Transaction } from '../platform/index.ts';
import type { MapDifference } from './map-difference.ts';
import type { KeyReader } from './read-keys.ts';

/** Puts masked values in the place of key numbers. */
export async function showDifference(
  transaction: Transaction,
  reader: KeyReader,
  difference: MapDifference,
): Promise<identityApi.MapChange> {
  const numbers = difference.samples.flatMap(({ before, after }) =>
    [...before.values(), ...after.values()].flat(),
  );
  const keys = await reader.keysByNumber(transaction, [...new Set(numbers)]);
  const persons = (map: ReadonlyMap<number, number[]>): { personId: number; keys: string[] }[] =>
    [...map].map(([personId, keyNumbers]) => ({
      personId,
      keys: keyNumbers.map((number) => `${keys.get(number)!.type}: ${keys.get(number)!.masked}`),
    }));
  return {
    ...difference,
    samples: difference.samples.map(({ kind, before, after }) => ({
      kind,
      before: persons(before),
      after: persons(after),
    })),
  };
}
