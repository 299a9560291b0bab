/**
 * Place of the bucket that is still running: its number will grow, and must not be read as a fall. Undefined: the
 * period ended before the answer was made.
 */
export function runningBucket(
  starts: readonly string[],
  { to, asOf }: { readonly to: string; readonly asOf: string },
): number | undefined {
  const now = Date.parse(asOf);
  if (Date.parse(to) <= now) return undefined;
  const place = starts.findLastIndex((start) => Date.parse(start) <= now);
  return place < 0 ? undefined : place;
}
