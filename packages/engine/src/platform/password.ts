import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const scryptAsync = promisify(scrypt) as (
  password: string,
  salt: Buffer,
  length: number,
  options: { N: number; r: number; p: number; maxmem: number },
) => Promise<Buffer>;
// OWASP's password storage sheet: scrypt with N=2^16, r=8, p=2 (64 MiB) or stronger.
const SCRYPT = { N: 2 ** 16, r: 8, p: 2, maxmem: 160 * 1024 * 1024 };

/** A salted hash, with its kind in front. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await scryptAsync(password, salt, 32, SCRYPT);
  return `scrypt$${salt.toString('base64')}$${hash.toString('base64')}`;
}

/** Whether this is the password behind the hash; takes the same time either way. */
export async function passwordFits(password: string, stored: string): Promise<boolean> {
  const [, salt, hash] = stored.split('$');
  if (!salt || !hash) return false;
  const computed = await scryptAsync(password, Buffer.from(salt, 'base64'), 32, SCRYPT);
  return timingSafeEqual(computed, Buffer.from(hash, 'base64'));
}
