/**
 * Repeatable chance: every number is a pure function of (seed, subject, label), so that any part of
 * the world can be made again at any time, in any order, without state.
 */
export interface Draw {
  /** Uniform in [0, 1). */
  (subject: number, label: string): number;
}

/** FNV-1a over the label and the subject, finished by MurmurHash3's 32-bit mixer. */
export function createDraw(seed: number): Draw {
  return (subject, label) => {
    let hash = 0x811c9dc5 ^ seed;
    for (let index = 0; index < label.length; index++) {
      hash = Math.imul(hash ^ label.charCodeAt(index), 0x01000193);
    }
    hash = Math.imul(hash ^ (subject & 0xffff), 0x01000193);
    hash = Math.imul(hash ^ (subject >>> 16), 0x01000193);
    hash ^= hash >>> 16;
    hash = Math.imul(hash, 0x85ebca6b);
    hash ^= hash >>> 13;
    hash = Math.imul(hash, 0xc2b2ae35);
    hash ^= hash >>> 16;
    return (hash >>> 0) / 4_294_967_296;
  };
}

/** One of the choices. */
export function pick<Choice>(choices: readonly Choice[], uniform: number): Choice {
  return choices[Math.min(choices.length - 1, Math.floor(uniform * choices.length))]!;
}

/** Index drawn by weights that add up to 1. */
export function pickWeighted(weights: readonly number[], uniform: number): number {
  let sum = 0;
  for (let index = 0; index < weights.length; index++) {
    sum += weights[index]!;
    if (uniform < sum) return index;
  }
  return weights.length - 1;
}

/** Value at a quantile of a distribution given by a few of its quantiles, linear between them. */
export function quantile(
  points: readonly (readonly [share: number, value: number])[],
  uniform: number,
): number {
  for (let index = 1; index < points.length; index++) {
    const [share, value] = points[index]!;
    const [shareBefore, valueBefore] = points[index - 1]!;
    if (uniform <= share) {
      return valueBefore + ((uniform - shareBefore) / (share - shareBefore)) * (value - valueBefore);
    }
  }
  return points.at(-1)![1];
}

/** Standard normal by Box and Muller. */
export function normal(uniformA: number, uniformB: number): number {
  return Math.sqrt(-2 * Math.log(Math.max(uniformA, 1e-12))) * Math.cos(2 * Math.PI * uniformB);
}

/** Consecutive ranges [from, to) of at most `size` that cover 0 … count. */
export function* inRange(count: number, size: number): Generator<[number, number]> {
  for (let from = 0; from < count; from += size) yield [from, Math.min(count, from + size)];
}
