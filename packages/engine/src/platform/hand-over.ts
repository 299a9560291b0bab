import type { Access, CallingUser } from './access.ts';
import { CodedError } from './errors.ts';

/** Whose something is that runs on its owner's behalf, and whose it is to be. */
export interface HandOver {
  readonly from: { readonly userId: string } | { readonly name: string };
  /** User id. */
  readonly to: string;
  /** Whether it may run on behalf of a user; nothing runs on behalf of somebody who is gone. */
  readonly mayOwn: (user: CallingUser | undefined) => Promise<boolean>;
}

/**
 * The next owner of what runs on its owner's behalf, who has the right to it. It is handed over by administrators; by
 * the owner, while the owner has the right to what it names; and by whoever takes it over for themselves once the owner
 * has not. Nobody else lends somebody's rights to a thing that is not theirs.
 * @throws CodedError user_unknown, not_owner, owner_lost_right
 */
export async function nextOwner(
  access: Pick<Access, 'userBehind'>,
  caller: CallingUser,
  { from, to, mayOwn }: HandOver,
): Promise<CallingUser> {
  const next = await access.userBehind({ userId: to });
  if (!next) throw new CodedError('user_unknown', { details: { userIds: [to] } });
  if (!caller.permissions.has('*')) {
    const present = await access.userBehind(from);
    const giver = (await mayOwn(present)) ? present : next;
    if (giver?.userId !== caller.userId) throw new CodedError('not_owner');
  }
  if (!(await mayOwn(next))) throw new CodedError('owner_lost_right', { details: { owner: next.name } });
  return next;
}
