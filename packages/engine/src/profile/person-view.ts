import type { Field, profileApi } from '@wutong/contract';
import type { Identity, PersonKey } from '../identity/index.ts';
import { CodedError, type Platform } from '../platform/index.ts';
import { collectClaims, foldOne } from './apply-attributes.ts';
import type { Model } from './catalogue.ts';
import { readConsents, readSuppressions } from './consent-store.ts';
import type { Claim } from './fold-attributes.ts';
import type { ConsentState, SuppressionState } from './operation.ts';
import { readHolders, readIncrements, readPeople } from './person-store.ts';
import { shownValue } from './seal-value.ts';
import { showDetails, showRelations, type ViewNeeds } from './show-relations.ts';

/**
 * The 360° view of a person: keys, attributes with lineage, relations, details, consents, suppressions.
 * Personal values are masked unless `open`. Throws person_not_found.
 */
export async function viewPerson(
  platform: Platform,
  identity: Identity,
  model: Model,
  personId: number,
  open: boolean,
): Promise<profileApi.PersonView> {
  const { database, clock } = platform;
  const keys = (await identity.keysOf([personId])).get(personId) ?? [];
  if (keys.length === 0) throw new CodedError('person_not_found');
  const ids = keys.map((key) => String(key.keyNumber));
  const needs = { ...viewNeeds(platform, identity, model), open };
  const [attributes, relations, details, consents, suppressions, titles] = await Promise.all([
    showAttributes(platform, model, personId, open),
    showRelations(needs, 'person', ids),
    showDetails(needs, 'person', ids),
    readConsents(database, model, [personId]),
    readSuppressions(database, [personId], clock.now()),
    titlesOf(platform, identity, model, [personId]),
  ]);
  const owner = { type: 'person', id: String(personId) };
  return {
    personId,
    title: titles.get(personId) ?? keys[0]!.masked,
    firstSeenAt: new Date(Math.min(...keys.map((key) => key.firstSeenAt))).toISOString(),
    keys: keys.map((key) => ({
      type: key.type,
      keyNumber: key.keyNumber,
      masked: open ? key.open() : key.masked,
    })),
    attributes,
    relations,
    details: details.map((detail) => ({ ...detail, owner })),
    consents: (consents.get(personId) ?? []).map(showConsent),
    suppressions: (suppressions.get(personId) ?? []).map(showSuppression),
  };
}

/** What views need to name the people they meet. */
export function viewNeeds(platform: Platform, identity: Identity, model: Model): ViewNeeds {
  return {
    platform,
    model,
    open: false,
    async people(keyNumbers) {
      const persons = await identity.personsOf(keyNumbers);
      const titles = await titlesOf(platform, identity, model, [...new Set(persons.values())]);
      return new Map(
        [...persons].map(([keyNumber, personId]) => [
          keyNumber,
          { personId, title: titles.get(personId) ?? String(personId) },
        ]),
      );
    },
  };
}

/** Attributes that hold the name of a person: the one masked as a name, or the one called so. */
const nameFieldOf = (model: Model): Field | undefined =>
  [...model.attributes.values()].find((field) => field.mask === 'name') ?? model.attributes.get('name');

/** Names of persons as shown in lists: masked; without a name, their strongest key, masked. */
export async function titlesOf(
  platform: Platform,
  identity: Identity,
  model: Model,
  personIds: readonly number[],
): Promise<Map<number, string>> {
  if (personIds.length === 0) return new Map();
  const field = nameFieldOf(model);
  const titles = new Map<number, string>();
  if (field) {
    for (const person of await readPeople(platform.database, personIds)) {
      const stored = person.attributes[field.name];
      // A name is masked in a title even where nobody declared it personal.
      const masked = { ...field, pii: 'identifying' as const, mask: 'name' as const };
      if (stored !== undefined)
        titles.set(person.personId, String(shownValue(stored, masked, platform.secrets, false)));
    }
  }
  const nameless = personIds.filter((personId) => !titles.has(personId));
  const keys: Map<number, PersonKey[]> = nameless.length > 0 ? await identity.keysOf(nameless) : new Map();
  for (const [personId, list] of keys) if (list[0]) titles.set(personId, list[0].masked);
  return titles;
}

async function showAttributes(
  platform: Platform,
  model: Model,
  personId: number,
  open: boolean,
): Promise<profileApi.ShownAttribute[]> {
  const holders = await readHolders(platform.database, [personId]);
  const claims = new Map<string, Claim[]>();
  for (const holder of holders) collectClaims(holder, claims);
  const keysWithSums = [...claims.values()]
    .flat()
    .filter((claim) => claim.register.sum)
    .map((claim) => claim.keyNumber);
  const log =
    keysWithSums.length > 0 ? await readIncrements(platform.database, [...new Set(keysWithSums)]) : [];
  const shown: profileApi.ShownAttribute[] = [];
  for (const field of model.attributes.values()) {
    const folded = claims.has(field.name)
      ? foldOne(model, field.name, claims.get(field.name)!, log)
      : undefined;
    if (!folded) continue;
    shown.push({
      name: field.name,
      title: field.title,
      valueType: field.valueType,
      ...(field.unit ? { unit: field.unit } : {}),
      pii: field.pii,
      value: shownValue(folded.value, field, platform.secrets, open),
      masked: !open && field.pii !== 'none',
      lineage: {
        sourceId: folded.sourceId,
        at: new Date(folded.at).toISOString(),
        keyNumber: folded.keyNumber,
      },
    });
  }
  return shown;
}

/** A consent as the API shows it. */
export function showConsent(state: ConsentState): profileApi.PersonView['consents'][number] {
  return { ...state, at: new Date(state.at).toISOString(), proof: { ...state.proof } };
}

/** A suppression as the API shows it. */
export function showSuppression(state: SuppressionState): profileApi.PersonView['suppressions'][number] {
  const { suppressionId, scope, keyNumber, channel, purpose, reason } = state;
  const expires = state.expiresAt === undefined ? {} : { expiresAt: new Date(state.expiresAt).toISOString() };
  return {
    suppressionId,
    scope,
    keyNumber,
    channel,
    purpose,
    reason,
    at: new Date(state.at).toISOString(),
    ...expires,
  };
}
