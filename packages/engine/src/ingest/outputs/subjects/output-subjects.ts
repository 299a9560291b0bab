import type { OutputSelection } from '@wutong/contract';
import type { OutputNeeds } from '../output-needs.ts';
import { eventSubject } from './events.ts';
import { membershipSubject } from './memberships.ts';
import type { OutputSubject } from './output-subject.ts';
import { portraitSubject } from './portraits.ts';

/** By name. */
export type OutputSubjects = Readonly<Record<OutputSelection['subject'], OutputSubject>>;

/** Everything that can leave; a new subject is a file, a line here and its selection in the contract. */
export function createSubjects(needs: OutputNeeds): OutputSubjects {
  const events = eventSubject(needs) as unknown as OutputSubject;
  return {
    events,
    receipts: events,
    memberships: membershipSubject(needs) as unknown as OutputSubject,
    portraits: portraitSubject(needs) as unknown as OutputSubject,
  };
}
