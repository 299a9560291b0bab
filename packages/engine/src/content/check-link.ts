import { isIP } from 'node:net';
import type { Channel, ContentProblem } from './front-door.ts';

/**
 * Checks where a link leads: https:// or http:// to a public host, a path of the bank's own site, or an
 * app's scheme. `//host` would leave the bank's site unseen, a script would run in the reader's page, and
 * an address inside a network opens nothing on a customer's phone.
 */
export function checkLink(channel: Channel, field: string, link: string): ContentProblem[] {
  const problem = findLinkProblem(link.trim());
  return problem
    ? [{ severity: 'error', code: 'bad_link', channel, path: `${channel}.${field}`, ...problem }]
    : [];
}

function findLinkProblem(link: string): { en: string; zh: string } | undefined {
  if (
    /^[/\\]{2}/.test(link) ||
    /^(javascript|data|vbscript|file|blob):/i.test(link) ||
    !hasKnownStart(link)
  ) {
    return {
      en: 'A link starts with https://, with / or with the scheme of an app.',
      zh: '链接须以 https://、/ 或应用协议开头。',
    };
  }
  if (!/^https?:/i.test(link)) return undefined;
  const host = URL.canParse(link) ? new URL(link).hostname.replace(/^\[|\]$/g, '') : '';
  if (host !== '' && !isInside(host)) return undefined;
  return {
    en: 'A link leads to a public host: customers cannot open this address.',
    zh: '链接须指向公网域名，客户无法打开该地址。',
  };
}

const hasKnownStart = (link: string): boolean => /^([a-z][a-z0-9+.-]*:\/\/|\/)/i.test(link);

/** Loopback, private and link-local addresses (RFC 1918, 3927, 4193, 6598) and names of the local machine. */
function isInside(host: string): boolean {
  if (isIP(host) === 6) return /^(::1?$|f[cd]|fe[89ab]|::ffff:)/i.test(host);
  if (isIP(host) === 4) {
    return /^(0|10|127|169\.254|192\.168|172\.(1[6-9]|2\d|3[01])|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./.test(
      host,
    );
  }
  return host === 'localhost' || host.endsWith('.localhost') || host.endsWith('.internal');
}

/** A person's data in the address of somebody else's site ends up in that site's logs. */
export function checkLinkVariables(
  channel: Channel,
  field: string,
  template: string,
  variables: readonly (readonly string[])[],
): ContentProblem[] {
  if (!/^\s*https?:/i.test(template)) return [];
  return variables
    .filter(([root]) => root === 'person')
    .map((segments) => ({
      severity: 'warning',
      code: 'personal_data_in_link',
      channel,
      path: `${channel}.${field}`,
      en: `The link carries ${segments.join('.')}: it will stand in the logs of whoever serves that address.`,
      zh: `链接中带有客户数据 ${segments.join('.')}，会留在目标网站的日志里。`,
    }));
}
