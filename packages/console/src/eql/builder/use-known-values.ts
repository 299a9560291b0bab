import type { FieldChoice } from '../rule/names.ts';

interface KnownValues {
  values: readonly string[];
  /** The declaration allows no other value. */
  closed: boolean;
}

const none: KnownValues = { values: [], closed: false };

/** The values a field may have, as far as they are declared. */
export function useKnownValues(field: FieldChoice | undefined): KnownValues {
  if (!field?.values?.length) return none;
  return { values: field.values, closed: true };
}
