import { createIdentity } from '../../src/identity/index.ts';
import type { Platform } from '../../src/platform/index.ts';

const KEYS_A_STATEMENT = 100_000;

/** The customer number of a person of the bench. */
export const customerNumber = (personId: number): string => `C${String(personId).padStart(9, '0')}`;

/** A bank's key types, and a customer number for each of the people 1 to `people`, as a map that was always there. */
export async function fillKeys(platform: Platform, people: number): Promise<void> {
  const identity = createIdentity(platform);
  await identity.start();
  await identity.stop();
  const value = platform.secrets.encrypt(customerNumber(0));
  for (let first = 1; first <= people; first += KEYS_A_STATEMENT) {
    const fingerprints: string[] = [];
    for (let person = first; person < Math.min(people + 1, first + KEYS_A_STATEMENT); person++) {
      fingerprints.push(platform.secrets.fingerprint(`customer_number\0${customerNumber(person)}`));
    }
    await platform.database.execute(
      `insert into identity.key (key_number, person_id, type, fingerprint, value_encrypted, first_seen_at)
       select $1 + place - 1, $1 + place - 1, 'customer_number', fingerprint, $3, $4
       from unnest($2::uuid[]) with ordinality as given (fingerprint, place)`,
      [first, `{${fingerprints.join(',')}}`, value, platform.clock.now()],
    );
  }
  await platform.database.execute('vacuum analyze identity.key');
}
