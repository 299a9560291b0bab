/** Buckets a person may fall into; shares are whole numbers out of it. */
const BUCKETS = 10_000;

/** A way to go, and how many of 10,000 go it. */
export interface Share {
  readonly label: string;
  readonly share: number;
}

/** FNV-1a of 32 bits over UTF-16 code units, as GrowthBook's SDKs compute it. */
function fnv1a32(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash ^= text.charCodeAt(index);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash >>> 0;
}

/**
 * Bucket 0–9,999 of a person in an experiment: GrowthBook's hash version 2, which hashes twice so that
 * experiments with similar keys draw independently (version 1 is biased).
 */
export function bucketOf(experimentKey: string, personKey: string): number {
  return fnv1a32(String(fnv1a32(experimentKey + personKey))) % BUCKETS;
}

/**
 * The label whose share of the 10,000 buckets holds the person, or undefined beyond the last one. The same
 * keys and shares always give the same label, in every process; this is the only place that draws.
 */
export function assign(
  experimentKey: string,
  personKey: string,
  shares: readonly Share[],
): string | undefined {
  const bucket = bucketOf(experimentKey, personKey);
  let upTo = 0;
  for (const { label, share } of shares) {
    upTo += share;
    if (bucket < upTo) return label;
  }
  return undefined;
}
