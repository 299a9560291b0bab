import { createHash } from 'node:crypto';
import type { contentApi } from '@wutong/contract';

/**
 * SHA-256 (64 hex characters) of what people will read: purpose and texts, in JSON with sorted keys
 * and without absent values, so that the order in which a form sent its fields does not matter.
 */
export function hashVersion(purpose: contentApi.Purpose, variants: contentApi.ContentVariants): string {
  return createHash('sha256').update(canonical({ purpose, variants })).digest('hex');
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const pairs = Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`);
    return `{${pairs.join(',')}}`;
  }
  return JSON.stringify(value);
}
