import type { OutputSelection } from '@wutong/contract';
import { allows, nextOwner, type CallingUser } from '../../platform/index.ts';
import type { OutputNeeds } from './output-needs.ts';
import type { OutputRecord } from './output-store.ts';

type Owned = Pick<OutputRecord, 'owner' | 'selection' | 'open_personal_data'>;

/** EQL of the segments and tags that leave. */
function namesOf(selection: OutputSelection): { text: string }[] {
  if (selection.subject === 'memberships')
    return selection.segmentIds.map((id) => ({ text: `person where in segment \`${id}\`` }));
  return selection.subject === 'portraits' ? selection.tags.map((tag) => ({ text: `tag \`${tag}\`` })) : [];
}

/** A user's own outputs, and those that name nothing that is not shared with the user. */
export async function visibleOutputs<Output extends Owned>(
  needs: Pick<OutputNeeds, 'ports'>,
  outputs: readonly Output[],
  user: CallingUser,
): Promise<Output[]> {
  const maySee = await maySeeOutputs(needs, outputs, user);
  return outputs.filter((output, index) => output.owner === user.userId || maySee[index]);
}

/** For each output, whether everything that it names is shared with the user. */
export function maySeeOutputs(
  { ports }: Pick<OutputNeeds, 'ports'>,
  outputs: readonly Pick<Owned, 'selection'>[],
  user: CallingUser,
): Promise<boolean[]> {
  return ports.mayAsk(
    outputs.map(({ selection }) => namesOf(selection)),
    user,
  );
}

/** Whether an output may run on behalf of the user; nothing runs on behalf of somebody who is gone. */
async function mayOwn(needs: OutputNeeds, output: Owned, user: CallingUser | undefined): Promise<boolean> {
  if (!user || !allows(user.permissions, 'output.write')) return false;
  if (output.open_personal_data && !allows(user.permissions, 'pii.open')) return false;
  return (await maySeeOutputs(needs, [output], user))[0]!;
}

/** Whether the owner of an output still has the right to what leaves. */
export async function isOwnerAllowed(needs: OutputNeeds, output: Owned): Promise<boolean> {
  return mayOwn(needs, output, await needs.platform.access.userBehind({ userId: output.owner ?? '' }));
}

/** The next owner of an output. @throws CodedError user_unknown, not_owner, owner_lost_right */
export function nextOwnerOf(
  needs: OutputNeeds,
  output: Owned,
  to: string,
  caller: CallingUser,
): Promise<CallingUser> {
  return nextOwner(needs.platform.access, caller, {
    from: { userId: output.owner ?? '' },
    to,
    mayOwn: (user) => mayOwn(needs, output, user),
  });
}
