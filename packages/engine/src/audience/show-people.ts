import { CodedError } from '../platform/index.ts';
import type { Profile } from '../profile/index.ts';
import type { CatalogueReader } from './read-catalogue.ts';

/** One person of a list. */
export interface ShownPerson {
  personId: number;
  attributes: Record<string, unknown>;
}

/** People with their attributes for a list: values of personal classes are left out, as nobody asked to open them. */
export async function showPeople(
  needs: { profile: Pick<Profile, 'attributesOf'>; reader: CatalogueReader },
  personIds: readonly number[],
): Promise<ShownPerson[]> {
  const [attributes, catalogue] = await Promise.all([
    needs.profile.attributesOf(personIds),
    needs.reader.catalogue(),
  ]);
  const personal = new Set(
    catalogue.model.attributes.filter((field) => field.pii !== 'none').map((field) => field.name),
  );
  return personIds.map((personId) => ({
    personId,
    attributes: Object.fromEntries(
      Object.entries(attributes.get(personId) ?? {}).map(([name, value]) => [
        name,
        personal.has(name) ? '***' : value,
      ]),
    ),
  }));
}

/** Cursor of a page of people. @throws CodedError invalid_request */
export function personOfCursor(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  const personId = Number(cursor);
  if (Number.isSafeInteger(personId) && personId >= 0) return personId;
  throw new CodedError('invalid_request', { details: { field: 'cursor' } });
}
