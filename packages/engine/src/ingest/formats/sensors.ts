import { FOREIGN_RECORDS, type Answer, type CollectRequest, type Format, type Result } from './format.ts';
import { decodeSensorsRecord } from './decode-sensors-record.ts';
import { readSensorsBody } from './read-sensors-body.ts';

// The smallest GIF: 1 × 1, transparent.
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

/** Sensors-compatible collection: `/sa`, `/sa.gif`, `/debug`. */
export const sensorsFormat: Format = {
  name: 'sensors',
  routes: (['GET', 'POST'] as const).flatMap((method) =>
    ['/sa', '/sa.gif', '/debug'].map((path) => ({ method, path })),
  ),
  maximumRecords: FOREIGN_RECORDS,
  sourceKeyOf: (request) => request.query.get('token') ?? request.query.get('project') ?? undefined,
  parse: readSensorsBody,
  decode: decodeSensorsRecord,
  answer: answerSensors,
};

/**
 * What the SDKs do with a status decides ours. Android deletes its cache on every code except 403, 404 and
 * 5xx, so: 200 for all that was looked at, even when records or the whole body were rejected (they are
 * kept and shown); 403 for an unknown token; 503 for all that will pass. Go wants exactly 200.
 * `/debug` is for people at work: there a rejection is a 400 with the reasons. PHP looks at no status at all: its
 * BatchConsumer empties its buffer after any answer, and keeps it when the line breaks.
 */
function answerSensors(request: CollectRequest, result: Result): Answer {
  const hangUp =
    (request.headers['user-agent'] ?? '').startsWith('PHP SDK') && !request.path.endsWith('/debug');
  switch (result.kind) {
    case 'come_back':
      return {
        hangUp,
        status: 503,
        type: 'text/plain',
        body: result.code,
        headers: { 'retry-after': String(result.seconds) },
      };
    case 'unknown_key':
      return { hangUp, status: 403, type: 'text/plain', body: 'source_key_unknown' };
    case 'too_large':
      // A code that Android keeps its cache on would make it send the same body for ever.
      return {
        status: 413,
        type: 'text/plain',
        body: `${result.rejection.code}: ${JSON.stringify(result.rejection.details)}`,
      };
    case 'undecodable':
      return answerOfPath(request, [result.rejection]);
    case 'taken':
    case 'dry_run':
      return answerOfPath(request, result.outcome.rejections);
  }
}

function answerOfPath(request: CollectRequest, rejections: readonly object[]): Answer {
  if (request.path.endsWith('/debug')) {
    if (rejections.length > 0) {
      return { status: 400, type: 'application/json', body: JSON.stringify({ rejections }) };
    }
    return { status: 200, type: 'application/json', body: '{}' };
  }
  if (request.method === 'GET') return { status: 200, type: 'image/gif', body: PIXEL };
  return { status: 200, type: 'text/plain', body: 'ok' };
}
