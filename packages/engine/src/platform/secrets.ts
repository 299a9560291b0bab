import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

/** Encryption of personal data and secrets at rest. */
export interface Secrets {
  /** AES-256-GCM with a random nonce; text that starts with `v1.`. */
  encrypt(plain: string): string;
  /** Opens what `encrypt` made; throws when it was changed or made with another key. */
  decrypt(box: string): string;
  /** Keyed hash (HMAC-SHA-256 cut to 128 bits) as a UUID-shaped string: equal values, equal prints. */
  fingerprint(value: string): string;
}

/**
 * From one master key of 32 bytes (hex), separate keys for encryption and for fingerprints are
 * derived by HKDF (RFC 5869), so that neither use weakens the other.
 */
export function createSecrets(masterKeyHex: string): Secrets {
  const master = Buffer.from(masterKeyHex, 'hex');
  if (master.length !== 32) throw new Error('the master key must be 32 bytes in hex');
  const derive = (label: string): Buffer =>
    Buffer.from(hkdfSync('sha256', master, Buffer.alloc(0), `wutong ${label}`, 32));
  const boxKey = derive('box');
  const printKey = derive('fingerprint');
  return {
    encrypt(plain) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', boxKey, nonce);
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return `v1.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')}`;
    },
    decrypt(box) {
      if (!box.startsWith('v1.')) throw new Error('not an encrypted value');
      const raw = Buffer.from(box.slice(3), 'base64url');
      const decipher = createDecipheriv('aes-256-gcm', boxKey, raw.subarray(0, 12));
      decipher.setAuthTag(raw.subarray(12, 28));
      return Buffer.concat([decipher.update(raw.subarray(28)), decipher.final()]).toString('utf8');
    },
    fingerprint(value) {
      const hex = createHmac('sha256', printKey).update(value).digest('hex');
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
    },
  };
}
