import type { ErrorCode } from '@wutong/contract';
import { isTooLarge, kafkaProblem } from '../streams/connectors/kafka-problem.ts';

const PROBLEMS: readonly (readonly [pattern: RegExp, code: ErrorCode])[] = [
  [/address .* is not allowed|address is not allowed/, 'address_not_allowed'],
  [/in a row were given up/, 'output_receiver_broken'],
  [/certificate|CERT_|altnames|SSL routines|wrong version number|EPROTO/i, 'output_certificate_refused'],
  [/^HTTP 3\d\d/, 'output_redirected'],
  [/^HTTP (401|403|407)/, 'output_login_refused'],
  [/^HTTP \d+/, 'output_refused'],
  [/ENOSPC|EDQUOT/, 'output_disk_full'],
  [/EACCES|EROFS|EPERM|ENOTDIR/, 'output_folder_closed'],
  [
    /ECONN|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|hang up|abort|time(d)? ?out/i,
    'output_unreachable',
  ],
];

/** The registered code of why a delivery to a destination of this kind failed; undefined when none of ours fits. */
export function deliveryProblem(
  kind: 'files' | 'webhook' | 'kafka',
  sentence: string,
): ErrorCode | undefined {
  if (kind === 'kafka') return isTooLarge(sentence) ? 'output_message_too_large' : kafkaProblem(sentence);
  return PROBLEMS.find(([pattern]) => pattern.test(sentence))?.[1];
}
