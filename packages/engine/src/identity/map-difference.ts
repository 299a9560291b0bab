import type { StoredKey } from './key-store.ts';

/** One of the examples shown before rules are saved; persons with the numbers of their keys. */
export interface DifferenceSample {
  readonly kind: 'merge' | 'split' | 'move';
  readonly before: ReadonlyMap<number, number[]>;
  readonly after: ReadonlyMap<number, number[]>;
}

/** How a folded map differs from the stored one. */
export interface MapDifference {
  mergedPersons: number;
  splitPersons: number;
  movedKeys: number;
  readonly samples: DifferenceSample[];
}

const MAXIMUM_SAMPLES = 20;
const MAXIMUM_KEYS_PER_SAMPLE = 50;

export function emptyDifference(): MapDifference {
  return { mergedPersons: 0, splitPersons: 0, movedKeys: 0, samples: [] };
}

/**
 * Adds some keys, with everything that hangs together with them. A person is its smallest key: one that
 * stops being its own person was merged away, one that becomes its own person was split off.
 */
export function addDifference(
  difference: MapDifference,
  keys: readonly StoredKey[],
  personOf: ReadonlyMap<number, number>,
): void {
  const moved = keys.filter((key) => personOf.get(key.key_number) !== key.person_id);
  difference.movedKeys += moved.length;
  for (const key of moved) {
    const number = key.key_number;
    const kind =
      key.person_id === number ? 'merge' : personOf.get(number) === number ? 'split' : ('move' as const);
    if (kind === 'merge') difference.mergedPersons++;
    if (kind === 'split') difference.splitPersons++;
    if (kind !== 'move' && difference.samples.length < MAXIMUM_SAMPLES) {
      difference.samples.push(sample(kind, key, keys, personOf));
    }
  }
}

function sample(
  kind: 'merge' | 'split',
  key: StoredKey,
  keys: readonly StoredKey[],
  personOf: ReadonlyMap<number, number>,
): DifferenceSample {
  const oldPersons = new Set([key.person_id]);
  const newPersons = new Set([personOf.get(key.key_number)!]);
  if (kind === 'merge') {
    for (const each of keys)
      if (newPersons.has(personOf.get(each.key_number)!)) oldPersons.add(each.person_id);
  } else {
    for (const each of keys)
      if (oldPersons.has(each.person_id)) newPersons.add(personOf.get(each.key_number)!);
  }
  const before = new Map<number, number[]>();
  const after = new Map<number, number[]>();
  for (const each of keys) {
    const person = personOf.get(each.key_number)!;
    if (oldPersons.has(each.person_id)) append(before, each.person_id, each.key_number);
    if (newPersons.has(person)) append(after, person, each.key_number);
  }
  return { kind, before, after };
}

function append(map: Map<number, number[]>, person: number, key: number): void {
  const list = map.get(person);
  if (!list) map.set(person, [key]);
  else if (list.length < MAXIMUM_KEYS_PER_SAMPLE) list.push(key);
}
