import { randomBytes, createHash } from 'node:crypto';
import type { Clock } from './clock.ts';

/** Makes identifiers. */
export interface Ids {
  /** A UUIDv7 (RFC 9562): 48 bits of Wutong's time in ms, then random: sorts by creation. */
  newId(): string;
}

/** Ids whose time part comes from the clock. */
export function createIds(clock: Clock): Ids {
  return {
    newId() {
      const bytes = randomBytes(16);
      bytes.writeUIntBE(clock.now(), 0, 6);
      bytes[6] = (bytes[6]! & 0x0f) | 0x70;
      bytes[8] = (bytes[8]! & 0x3f) | 0x80;
      return formatUuid(bytes);
    },
  };
}

/** A UUID that is a pure function of its parts: the same parts, the same id (idempotent writes). */
export function deterministicId(...parts: readonly (string | number)[]): string {
  const bytes = createHash('md5').update(parts.join('\u001f')).digest();
  bytes[6] = (bytes[6]! & 0x0f) | 0x80; // version 8: custom
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return formatUuid(bytes);
}

function formatUuid(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
