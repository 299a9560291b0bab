import type { Identity, PersonKey } from '../identity/index.ts';
import type { Transaction } from '../platform/index.ts';
import type { Profile } from '../profile/index.ts';
import { ADDRESS_KEY_TYPES } from './address-key-type.ts';
import type { Contact } from './contact-caps.ts';
import type { Channel, JudgeRequest } from './front-door.ts';
import type { PersonFacts } from './rules.ts';

/** What of the earlier rooms the gate reads. */
export interface FactSources {
  readonly identity: Pick<Identity, 'addressOf'>;
  readonly profile: Pick<Profile, 'consentsOf' | 'suppressionsOf' | 'attributesOf'>;
}

export type ContactsOf = (personIds: readonly number[]) => Promise<Map<number, Contact[]>>;

/** Facts of every request of a batch, and the contacts of each person, which the judge adds to as it allows. */
export interface BatchFacts {
  of(request: JudgeRequest): PersonFacts;
  readonly contacts: Map<number, Contact[]>;
}

/** Reads all that a batch needs: one statement for each kind of fact, whatever the number of requests. */
export async function readFacts(
  sources: FactSources,
  transaction: Transaction,
  requests: readonly JudgeRequest[],
  now: number,
  contactsOf: ContactsOf,
): Promise<BatchFacts> {
  const personIds = [...new Set(requests.map((request) => request.personId))];
  // Contacts come first: their locks make everything that is read afterwards true until the commit.
  const contacts = await contactsOf(personIds);
  const suppressions = await sources.profile.suppressionsOf(transaction, personIds, now);
  const consents = await sources.profile.consentsOf(transaction, personIds);
  const attributes = await sources.profile.attributesOf(personIds, transaction);
  const addresses = await readAddresses(sources.identity, transaction, requests);
  return {
    contacts,
    of(request) {
      const personId = request.personId;
      return {
        needsAddress: ADDRESS_KEY_TYPES[request.channel] !== undefined,
        addressKeyNumber: addresses.get(request.channel)?.get(personId)?.keyNumber,
        consents: consents.get(personId) ?? [],
        suppressions: suppressions.get(personId) ?? [],
        attributes: attributes.get(personId) ?? {},
        contacts: contacts.get(personId) ?? [],
      };
    },
  };
}

async function readAddresses(
  identity: FactSources['identity'],
  transaction: Transaction,
  requests: readonly JudgeRequest[],
): Promise<Map<Channel, Map<number, PersonKey>>> {
  const byChannel = new Map<Channel, Set<number>>();
  for (const { channel, personId } of requests) {
    const people = byChannel.get(channel) ?? new Set();
    byChannel.set(channel, people.add(personId));
  }
  const addresses = new Map<Channel, Map<number, PersonKey>>();
  for (const [channel, people] of byChannel) {
    const keyType = ADDRESS_KEY_TYPES[channel];
    if (keyType !== undefined) {
      addresses.set(channel, await identity.addressOf([...people], keyType, transaction));
    }
  }
  return addresses;
}
