import type { AlertTarget } from '@wutong/contract';

/** An address as everybody may see it: first letter and domain, or where the webhook leads without its path. */
export function shownAddress(target: AlertTarget): string {
  if (target.kind === 'webhook') return new URL(target.url).origin;
  const at = target.address.lastIndexOf('@');
  return `${target.address.slice(0, 1)}***${target.address.slice(at)}`;
}
