import { createCipheriv, createDecipheriv, hash, hkdfSync, randomFillSync } from 'node:crypto';

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
  const fingerprint = createFingerprint(derive('fingerprint'));
  const nextNonce = createNonces();
  return {
    encrypt(plain) {
      const nonce = nextNonce();
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
    fingerprint,
  };
}

const NONCE_BYTES = 12;
const NONCES_AT_ONCE = 256;

/** Random nonces, drawn many at once: asking the system for each costs half of an encryption. None is given twice. */
function createNonces(): () => Buffer {
  const drawn = Buffer.alloc(NONCE_BYTES * NONCES_AT_ONCE);
  let next = drawn.length;
  return () => {
    if (next === drawn.length) {
      randomFillSync(drawn);
      next = 0;
    }
    // Copied: what is handed out must not change when the next ones are drawn.
    const nonce = Buffer.from(drawn.subarray(next, next + NONCE_BYTES));
    next += NONCE_BYTES;
    return nonce;
  };
}

const HMAC_BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;
/** Longest text for which the buffers are kept; UTF-8 takes at most three bytes a UTF-16 unit. */
const SCRATCH_UNITS = 1_024;

/**
 * HMAC-SHA-256 (RFC 2104) out of two one-shot hashes over kept buffers: a third faster than an object a value, and
 * every key of every record is fingerprinted.
 */
function createFingerprint(key: Buffer): (value: string) => string {
  const pad = (byte: number): Buffer => Buffer.from(key.map((each) => each ^ byte));
  const inner = Buffer.alloc(HMAC_BLOCK_BYTES + SCRATCH_UNITS * 3, 0x36);
  const outer = Buffer.alloc(HMAC_BLOCK_BYTES + DIGEST_BYTES, 0x5c);
  pad(0x36).copy(inner);
  pad(0x5c).copy(outer);
  const innerHash = (value: string): Buffer => {
    if (value.length > SCRATCH_UNITS) {
      return hash(
        'sha256',
        Buffer.concat([inner.subarray(0, HMAC_BLOCK_BYTES), Buffer.from(value)]),
        'buffer',
      );
    }
    const length = inner.write(value, HMAC_BLOCK_BYTES, 'utf8');
    return hash('sha256', inner.subarray(0, HMAC_BLOCK_BYTES + length), 'buffer');
  };
  return (value) => {
    innerHash(value).copy(outer, HMAC_BLOCK_BYTES);
    const hex = hash('sha256', outer, 'hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
  };
}
