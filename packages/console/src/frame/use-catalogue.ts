import { profileApi, type Catalogue, type Field } from '@wutong/contract';
import { useMay } from './session.tsx';
import { useRead } from '../api/use-endpoint.ts';

/** The declared model: titles of entity, relation and detail types and of their fields. */
export function useCatalogue(): Catalogue | undefined {
  return useRead(profileApi.readCatalogue, undefined, {
    refetchIntervalMs: 60_000,
    enabled: useMay(profileApi.readCatalogue),
  }).data;
}

/** Fields of an entity type, relation type or detail type; none while the catalogue is not there. */
export function fieldsOf(
  catalogue: Catalogue | undefined,
  kind: 'entityTypes' | 'relationTypes' | 'detailTypes',
  name: string,
): readonly Field[] {
  return catalogue?.[kind].find((each) => each.name === name)?.fields ?? [];
}
