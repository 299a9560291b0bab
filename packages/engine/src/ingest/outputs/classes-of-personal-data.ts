import { createHash } from 'node:crypto';
import type { OutputNeeds } from './output-needs.ts';
import { personalProperties } from './personal-properties.ts';

/** What is personal was declared anew while a portion was sent: the rest of it is read again. */
export class ClassesChangedError extends Error {}

/** A print of which values are masked and how: another one when something is declared personal. */
export async function printOfClasses({ platform, profile }: OutputNeeds): Promise<string> {
  const [properties, { attributes }] = await Promise.all([
    personalProperties(platform.database),
    profile.catalogue(),
  ]);
  const all = [
    [...properties].map(([event, names]) => [event, [...names].sort()]),
    attributes.map(({ name, pii, mask }) => [name, pii, mask]),
  ];
  return createHash('sha256').update(JSON.stringify(all)).digest('hex');
}
