import { errorDefinitions, type ErrorCode } from '@wutong/contract';
import type { Answer, CollectRequest, Result } from './format.ts';

const SHOWN_REJECTIONS = 100;

/** Answers of the formats whose clients we may tell everything: counts, or an RFC 9457 problem. */
export function answerWithProblem(request: CollectRequest, result: Result): Answer {
  const english = /^\s*en/i.test(request.headers['accept-language'] ?? '');
  switch (result.kind) {
    case 'taken':
    case 'dry_run': {
      const { rejections, ...counts } = result.outcome;
      const shown = rejections.slice(0, SHOWN_REJECTIONS).map(({ index, code, details }) => ({
        index,
        code,
        message: english ? errorDefinitions[code].en : errorDefinitions[code].zh,
        ...(details ? { details } : {}),
      }));
      return {
        status: 200,
        type: 'application/json',
        body: JSON.stringify({ ...counts, rejections: shown }),
      };
    }
    case 'undecodable':
    case 'too_large':
      return problem(result.rejection.code, result.rejection.details, english);
    case 'unknown_key':
      return problem('source_key_unknown', undefined, english);
    case 'come_back':
      return {
        ...problem(result.code, undefined, english),
        headers: { 'retry-after': String(result.seconds) },
      };
  }
}

function problem(
  code: ErrorCode,
  details: Readonly<Record<string, unknown>> | undefined,
  english: boolean,
): Answer {
  const definition = errorDefinitions[code];
  // A record's reason that befalls a whole body is a client error like any other.
  const status = definition.status === 422 ? 400 : definition.status;
  return {
    status,
    type: 'application/problem+json',
    body: JSON.stringify({
      type: `/api/docs/errors#${code}`,
      title: code.replaceAll('_', ' '),
      status,
      code,
      detail: english ? definition.en : definition.zh,
      ...(details ? { details } : {}),
    }),
  };
}
