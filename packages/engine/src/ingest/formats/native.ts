import { ingestApi } from '@wutong/contract';
import type { CollectRequest, Format, ParsedRequest } from './format.ts';
import { answerWithProblem } from './answer-with-problem.ts';
import { decodeNativeRecord } from './decode-native-record.ts';
import { BodyError } from './format.ts';
import { decodedBody, isObject, itemsOf, parseJson } from './read-body.ts';

/** Wutong's own batch: `POST /api/v1/collect`; its schema is `collect` in the contract. */
export const nativeFormat: Format = {
  name: 'native',
  routes: [{ method: 'POST', path: '/api/v1/collect' }],
  maximumRecords: ingestApi.COLLECT_RECORDS,
  sourceKeyOf: bearerToken,
  parse,
  decode: decodeNativeRecord,
  answer: answerWithProblem,
};

/** `Authorization: Bearer <source key>`, or `?key=` for beacons, which cannot set headers. */
export function bearerToken(request: CollectRequest): string | undefined {
  return (
    /^Bearer (\S{1,500})$/i.exec(request.headers.authorization ?? '')?.[1] ??
    request.query.get('key') ??
    undefined
  );
}

function parse(request: CollectRequest): ParsedRequest {
  const bytes = decodedBody(request);
  const value = parseJson(bytes);
  if (!isObject(value) || !Array.isArray(value.records)) {
    throw new BodyError('body_undecodable', { reason: 'records_missing' });
  }
  return {
    items: itemsOf(value.records),
    textBytes: bytes.length,
    batch: value.sentAt === undefined ? {} : { sentAt: value.sentAt },
  };
}
