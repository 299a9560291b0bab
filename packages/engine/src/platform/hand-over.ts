import type { CallingUser } from './access.ts';
import { CodedError } from './errors.ts';

/**
 * Who may make `next` the owner of what runs on its owner's behalf: administrators; the owner, while the owner has
 * the right to what it names; and whoever takes it over for themselves once the owner has not. Nobody else lends
 * somebody's rights to a thing that is not theirs. @throws CodedError not_owner
 */
export function requireHandOver(
  caller: Pick<CallingUser, 'userId' | 'permissions'>,
  handed: {
    /** Whether the caller is its owner. */
    readonly isOwner: boolean;
    /** Whether the present owner still has the right. */
    readonly isOwnerAllowed: boolean;
    /** User id of the next owner. */
    readonly next: string;
  },
): void {
  if (caller.permissions.has('*')) return;
  if (handed.isOwnerAllowed ? handed.isOwner : handed.next === caller.userId) return;
  throw new CodedError('not_owner');
}
