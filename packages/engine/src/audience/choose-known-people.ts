import type { audienceApi } from '@wutong/contract';
import type { Identity } from '../identity/index.ts';

type Given = { readonly personId: number; readonly values: readonly string[] };
type Refused = ReturnType<typeof audienceApi.setTagValues.response.parse>['refused'][number];

/** What became of values from outside. */
export interface SetValues {
  readonly changed: number;
  readonly refused: readonly Refused[];
}

const REASONS: Readonly<Record<Refused['reason'], { en: string; zh: string }>> = {
  person_unknown: { en: 'There is no person with this id.', zh: '没有该编号的客户。' },
  person_twice: {
    en: 'This person was merged with one who stands in the list before.',
    zh: '该客户已与前面的某位客户合并，只取前一行。',
  },
};

/** Rows of people who exist, under their present ids; the first of several rows of one person counts. */
export async function chooseKnownPeople(
  values: readonly Given[],
  personsOf: Identity['personsOf'] | undefined,
): Promise<{ accepted: readonly Given[]; refused: Refused[] }> {
  if (!personsOf) return { accepted: values, refused: [] };
  const present = await personsOf(values.map((each) => each.personId));
  const accepted = new Map<number, Given>();
  const refused: Refused[] = [];
  for (const [index, given] of values.entries()) {
    const personId = present.get(given.personId);
    if (personId !== undefined && !accepted.has(personId)) {
      accepted.set(personId, { ...given, personId });
      continue;
    }
    const reason = personId === undefined ? 'person_unknown' : 'person_twice';
    refused.push({ index, personId: given.personId, reason, ...REASONS[reason] });
  }
  return { accepted: [...accepted.values()], refused };
}
