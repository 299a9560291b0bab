/** Masked names of people, as far as they are known. */
export function usePersonTitles(_personIds: readonly number[]): ReadonlyMap<number, string> {
  return new Map();
}
