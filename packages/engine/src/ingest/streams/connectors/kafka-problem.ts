import type { ErrorCode } from '@wutong/contract';

/** First match counts: a refused login often names the broken connection too. */
const PROBLEMS: readonly (readonly [pattern: RegExp, code: ErrorCode])[] = [
  [/SASL|authenticat/i, 'stream_login_refused'],
  [/not authorized|AUTHORIZATION_FAILED/i, 'stream_not_permitted'],
  [/does not host this topic|UNKNOWN_TOPIC|unknown topic|topic does not exist/i, 'stream_topic_missing'],
  [
    /certificate|altname|self[- ]signed|\bSSL\b|\bTLS\b|wrong version number|EPROTO/i,
    'stream_certificate_refused',
  ],
  [
    /ECONN|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EPIPE|time(d)? ?out|connect|broker ended|closed|leader/i,
    'stream_unreachable',
  ],
];

/** What an error of a Kafka client means, as a registered code; undefined when it says nothing that we know. */
export function kafkaProblem(sentence: string): ErrorCode | undefined {
  return PROBLEMS.find(([pattern]) => pattern.test(sentence))?.[1];
}

/** Whether a broker refused messages for their size and nothing else; it kept nothing of that request. */
export const isTooLarge = (sentence: string): boolean =>
  /larger than the (?:max message|configured segment) size/.test(sentence);
