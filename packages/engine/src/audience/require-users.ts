import { CodedError, type Platform } from '../platform/index.ts';

/** Who left the bank stays named where they were; nobody new is named who is not there. @throws user_unknown */
export async function requireUsers(
  { users }: Pick<Platform, 'users'>,
  userIds: readonly string[],
): Promise<void> {
  if (userIds.length === 0) return;
  const present = new Set((await users.list()).filter((row) => !row.disabled).map((row) => row.user_id));
  const missing = userIds.filter((userId) => !present.has(userId));
  if (missing.length > 0) throw new CodedError('user_unknown', { details: { userIds: missing } });
}
