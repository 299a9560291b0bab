import type { Platform, Role } from '../../src/platform/index.ts';

/**
 * A user with an API token, who cannot log in: hashing a password, at a bank's cost, takes 0.6 s of processor time.
 * Returns the user id.
 */
export async function makeUser(
  platform: Pick<Platform, 'database' | 'access' | 'ids' | 'clock'>,
  user: { name: string; role: Role; displayName?: string; institutionId?: string | undefined },
  token: string,
): Promise<string> {
  const userId = platform.ids.newId();
  const { name, role, displayName = name, institutionId = null } = user;
  await platform.database.execute(
    `insert into platform.console_user (user_id, name, display_name, password_hash, role, institution_id, created_at)
     values ($1, $2, $3, 'none', $4, $5, $6)`,
    [userId, name, displayName, role, institutionId, platform.clock.now()],
  );
  await platform.access.ensureToken(userId, 'test', token);
  return userId;
}
