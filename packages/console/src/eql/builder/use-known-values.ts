import { insightApi } from '@wutong/contract';
import { useRead } from '../../api/use-endpoint.ts';
import { useMay } from '../../frame/session.tsx';
import type { FieldChoice } from '../rule/names.ts';

interface KnownValues {
  values: readonly string[];
  /** The declaration allows no other value. */
  closed: boolean;
}

const none: KnownValues = { values: [], closed: false };
/** As many existing values as are proposed. */
const MOST = 50;
/** Existing values change slowly; they are asked for again after this time, in milliseconds. */
const RENEW_MS = 10 * 60_000;

/** The values a field may have: those that are declared, else the most frequent ones that people have. */
export function useKnownValues(field: FieldChoice | undefined): KnownValues {
  const mayRead = useMay(insightApi.analysePortrait);
  const declared = field?.values ?? [];
  const asks =
    mayRead &&
    declared.length === 0 &&
    field?.ofPerson === true &&
    !field.encrypted &&
    (field.type === 'text' || field.type === 'list');
  const { data } = useRead(
    insightApi.analysePortrait,
    { body: { people: 'person', attributes: [field?.name ?? ''], valuesPerAttribute: MOST } },
    { enabled: asks, refetchIntervalMs: RENEW_MS },
  );
  if (declared.length > 0) return { values: declared, closed: true };
  const existing = asks ? data?.attributes[0]?.values : undefined;
  if (!existing) return none;
  return { values: existing.map(({ value }) => value).filter((value) => value !== ''), closed: false };
}
