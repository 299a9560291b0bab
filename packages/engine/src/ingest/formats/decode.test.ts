import { brotliCompressSync, gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeItem } from '../receive-request.ts';
import { isRejection, type DecodedRecord, type Rejection } from '../record.ts';
import {
  BodyError,
  type CollectRequest,
  type DecodeContext,
  type Format,
  type ParsedRequest,
} from './format.ts';
import { formats } from './index.ts';
import { cloudEventsFormat } from './cloudevents.ts';
import { nativeFormat } from './native.ts';
import { segmentFormat } from './segment.ts';
import { sensorsChecksum } from './read-sensors-body.ts';
import { sensorsFormat } from './sensors.ts';

const RECEIVED_AT = Date.UTC(2026, 2, 2, 2);
const context: DecodeContext = {
  receivedAt: RECEIVED_AT,
  timeZone: 'Asia/Shanghai',
  source: {
    sourceId: 'app',
    loginKeyType: 'customer_number',
    anonymousKeyType: 'device',
    maximumAgeDays: 730,
  },
};

function request(path: string, body: string | Buffer, more: Partial<CollectRequest> = {}): CollectRequest {
  const [bare, query] = path.split('?');
  return {
    method: 'POST',
    path: bare!,
    query: new URLSearchParams(query ?? ''),
    headers: {},
    body: Buffer.from(body),
    ...more,
  };
}

const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64');
const gzipped = (value: unknown): string => gzipSync(JSON.stringify(value)).toString('base64');
const form = (fields: Record<string, string>): string => new URLSearchParams(fields).toString();

function decodeAll(format: Format, from: CollectRequest): (DecodedRecord | Rejection)[] {
  const parsed = format.parse(from);
  return parsed.items.map((item) => decodeItem(format, item, parsed.batch, context));
}

function bodyErrorOf(work: () => unknown): Rejection | undefined {
  try {
    work();
  } catch (error) {
    if (error instanceof BodyError) return error.rejection;
    throw error;
  }
  return undefined;
}

const track = {
  _track_id: 12345,
  type: 'track',
  event: 'ViewProduct',
  time: RECEIVED_AT - 5_000,
  distinct_id: 'abc',
  properties: { amount: 1.5, $is_login_id: true },
};

describe('Sensors bodies', () => {
  const bodies: [name: string, body: string, query?: string][] = [
    ['Node, Java: gzip list', form({ data_list: gzipped([track]), gzip: '1' })],
    ['plain base64 list', form({ data_list: base64([track]), gzip: '0' })],
    ['Go: data', form({ data: gzipped(track), gzip: '1' })],
    ['web: data with checksum', form({ data: base64(track), ext: `crc=${sensorsChecksum(base64(track))}` })],
    ['web batch: list without gzip field', form({ data_list: base64([track]) })],
    [
      'Android: checksum at top level',
      form({ crc: String(sensorsChecksum(gzipped([track]))), gzip: '1', data_list: gzipped([track]) }),
    ],
    ['unescaped plus signs', `data_list=${base64([track, { ...track, event: '>>>???~~~' }])}&gzip=0`],
    ['bare JSON', JSON.stringify([track])],
    ['image request', '', `data=${encodeURIComponent(base64(track))}`],
  ];
  it.each(bodies)('%s', (_name, body, query) => {
    const [decoded] = decodeAll(sensorsFormat, request(`/sa${query ? `?${query}` : ''}`, body));
    expect(decoded).toMatchObject({
      kind: 'event',
      event: 'ViewProduct',
      time: RECEIVED_AT - 5_000,
      keys: [{ type: 'customer_number', value: 'abc' }],
      properties: { amount: 1.5 },
    });
  });

  it.each([
    ['damaged', form({ data: base64(track), crc: '1' }), 'checksum_wrong'],
    ['encrypted', form({ data_list: 'AAAA', gzip: '9' }), 'body_encrypted'],
    ['not JSON', form({ data: Buffer.from('{').toString('base64') }), 'body_undecodable'],
    ['nothing', '', 'body_undecodable'],
    ['bad UTF-8', form({ data: Buffer.from([0x22, 0xff, 0x22]).toString('base64') }), 'body_undecodable'],
  ])('refuses a body that is %s', (_name, body, code) => {
    expect(bodyErrorOf(() => sensorsFormat.parse(request('/sa', body)))).toMatchObject({ code });
  });
});

const check = (format: Format, item: unknown, expected: object, path = '/sa'): void => {
  const parsed: ParsedRequest = { items: [item], batch: { call: path.split('/').at(-1) }, textBytes: 0 };
  expect(decodeItem(format, item, parsed.batch, context)).toMatchObject(expected);
};

describe('Sensors records', () => {
  const cases: [name: string, item: object, expected: object][] = [
    [
      'sign-up',
      { ...track, type: 'track_signup', original_id: 'anon', properties: {} },
      {
        event: 'ViewProduct',
        link: 'sign_up',
        keys: [
          { type: 'customer_number', value: 'abc' },
          { type: 'device', value: 'anon' },
        ],
      },
    ],
    [
      'bind',
      {
        ...track,
        type: 'track_id_bind',
        event: undefined,
        identities: { $identity_mobile: '199', $identity_login_id: 'L' },
      },
      {
        event: '$BindID',
        link: 'bind',
        keys: [
          { type: 'customer_number', value: 'L' },
          { type: 'mobile', value: '199' },
        ],
      },
    ],
    [
      'unbind',
      {
        ...track,
        type: 'track_id_unbind',
        event: '$UnbindID',
        identities: { $identity_email: 'a@b', $identity_cookie_id: 'c' },
      },
      { link: 'unbind', keys: [{ type: 'email' }, { type: 'cookie' }] },
    ],
    [
      'login and anonymous id',
      { ...track, login_id: 'L', anonymous_id: 'A', properties: {} },
      { link: 'seen', keys: [{ value: 'L' }, { type: 'device', value: 'A' }] },
    ],
    [
      'set',
      { ...track, type: 'profile_set' },
      { kind: 'attributes', action: 'set', attributes: { amount: 1.5 } },
    ],
    ['unset', { ...track, type: 'profile_unset', properties: { a: true } }, { action: 'unset' }],
    ['increment', { ...track, type: 'profile_increment' }, { action: 'increment' }],
    ['delete of a portrait', { ...track, type: 'profile_delete' }, { code: 'portrait_delete_refused' }],
    [
      'item',
      { type: 'item_set', item_type: 'product', item_id: 'P1', time: track.time, properties: { a: 1 } },
      { kind: 'entity', entityType: 'product', entityId: 'P1', operation: 'set' },
    ],
    [
      'version 2 user',
      {
        version: '2.0',
        schema: 'users',
        type: 'profile_set',
        time: track.time,
        identities: { $identity_mobile: '199' },
        properties: { a: 1 },
      },
      { kind: 'attributes', keys: [{ type: 'mobile' }] },
    ],
    [
      'version 2 event',
      {
        version: '2.0',
        schema: 'events',
        type: 'track',
        event: 'Pay',
        time: track.time,
        properties: { user_id: 7, identities: { a: 'b' }, amount: 2 },
      },
      { kind: 'event', keys: [{ type: 'customer_number', value: '7' }], properties: { amount: 2 } },
    ],
    [
      'version 2 item',
      { version: '2.0', schema: 'product', type: 'item_set', id: 'P2', properties: {} },
      { kind: 'entity', entityType: 'product', entityId: 'P2' },
    ],
    [
      'version 2 detail of a person',
      {
        version: '2.0',
        schema: 'holding',
        type: 'detail_set',
        id: 'H1',
        identities: { $identity_login_id: 'L' },
        properties: { a: 1 },
      },
      { kind: 'detail', detailType: 'holding', detailId: 'H1', keys: [{ value: 'L' }] },
    ],
    [
      'version 2 detail of an item',
      {
        version: '2.0',
        schema: 'loan',
        type: 'detail_set',
        id: 'H1',
        item_type: 'company',
        item_id: 'C1',
        properties: {},
      },
      { kind: 'detail', owner: { type: 'company', id: 'C1' }, keys: [] },
    ],
    [
      'wrong clock',
      { ...track, time: RECEIVED_AT - 7_200_000 - 1_000, _flush_time: RECEIVED_AT - 7_200_000 },
      { time: RECEIVED_AT - 1_000 },
    ],
    ['ten years old', { ...track, time: RECEIVED_AT - 3_650 * 86_400_000 }, { code: 'time_too_old' }],
    [
      'ten years old but free',
      { ...track, time: RECEIVED_AT - 3_650 * 86_400_000, time_free: true },
      { kind: 'event' },
    ],
    ['the future', { ...track, time: RECEIVED_AT + 3_700_000 }, { code: 'time_in_future' }],
    ['no time', { ...track, time: undefined }, { time: RECEIVED_AT }],
    ['a reserved property', { ...track, properties: { user_tag_x: 1 } }, { code: 'property_name_invalid' }],
    [
      'a prototype',
      JSON.parse(JSON.stringify(track).replace('"amount"', '"__proto__"')) as object,
      { code: 'property_name_invalid' },
    ],
    ['an unknown type', { ...track, type: 'teleport' }, { code: 'record_type_unknown' }],
    ['no keys', { ...track, distinct_id: '' }, { code: 'keys_missing' }],
    ['a long key', { ...track, distinct_id: 'x'.repeat(256) }, { code: 'key_invalid' }],
  ];
  it.each(cases)('%s', (_name, item, expected) => check(sensorsFormat, item, expected));

  it('has the same id in each sending, and another for another record', () => {
    const idOf = (item: object): string =>
      (decodeItem(sensorsFormat, item, {}, context) as DecodedRecord).messageId;
    expect(idOf({ ...track, _flush_time: 1 })).toBe(idOf({ ...track, _flush_time: 2 }));
    expect(idOf(track)).not.toBe(idOf({ ...track, distinct_id: 'abd' }));
    const { _track_id, ...unnumbered } = track;
    expect(idOf({ ...unnumbered, _flush_time: 1 })).toBe(idOf({ ...unnumbered, _flush_time: 2 }));
  });
});

describe('Segment', () => {
  const at = new Date(RECEIVED_AT - 5_000).toISOString();
  const call = { userId: 'u', anonymousId: 'a', messageId: 'm', timestamp: at };
  const cases: [name: string, path: string, item: object, expected: object][] = [
    [
      'track',
      '/v1/t',
      { ...call, type: 'track', event: 'Order Completed', properties: { 'a.b': 1 } },
      { kind: 'event', event: 'Order Completed', link: 'seen', properties: { a_b: 1 } },
    ],
    [
      'page',
      '/v1/page',
      { ...call, name: 'Home', context: { page: { url: 'http://x/' }, library: { name: 'l' } } },
      { event: '$pageview', properties: { name: 'Home', $url: 'http://x/', $lib: 'l' } },
    ],
    [
      'identify',
      '/v1/identify',
      { ...call, traits: { age: 3 } },
      { kind: 'attributes', action: 'set', link: 'bind', attributes: { age: 3 } },
    ],
    ['identify without traits', '/v1/identify', call, { kind: 'identity', link: 'bind' }],
    [
      'alias',
      '/v1/alias',
      { ...call, previousId: 'old' },
      { kind: 'identity', link: 'sign_up', keys: [{ value: 'u' }, { value: 'old' }] },
    ],
    [
      'group',
      '/v1/group',
      { ...call, groupId: 'g', traits: { n: 1 } },
      { event: '$group', properties: { group_id: 'g', n: 1 } },
    ],
    ['nobody', '/v1/track', { event: 'x' }, { code: 'keys_missing' }],
    [
      'wrong clock',
      '/v1/track',
      { ...call, event: 'x', timestamp: '2020-01-01T00:00:00.000Z', sentAt: '2020-01-01T00:00:10.000Z' },
      { time: RECEIVED_AT - 10_000 },
    ],
  ];
  it.each(cases)('%s', (_name, path, item, expected) => {
    const body = JSON.stringify(item);
    const decoded = decodeAll(segmentFormat, request(path, path === '/v1/t' ? gzipSync(body) : body));
    expect(decoded[0]).toMatchObject(expected);
  });

  it('merges the batch into its records and finds the key in all its places', () => {
    const batch = {
      batch: [{ ...call, type: 'track', event: 'e' }],
      writeKey: 'k',
      context: { app: { version: '1' } },
      sentAt: at,
    };
    const parsed = segmentFormat.parse(request('/v1/b', JSON.stringify(batch)));
    expect(parsed.sourceKey).toBe('k');
    expect(decodeItem(segmentFormat, parsed.items[0], parsed.batch, context)).toMatchObject({
      properties: { $app_version: '1' },
    });
    const basic = { headers: { authorization: `Basic ${Buffer.from('k2:').toString('base64')}` } };
    expect(segmentFormat.sourceKeyOf(request('/v1/b', '', basic))).toBe('k2');
  });
});

describe('CloudEvents', () => {
  const cloud = {
    specversion: '1.0',
    id: '1',
    source: '/core',
    type: 'com.bank.transfer',
    subject: 'account:6222',
    time: '2026-03-02T01:00:00Z',
    data: { amount: 5 },
  };
  const expected = {
    kind: 'event',
    event: 'com.bank.transfer',
    messageId: '/core#1',
    keys: [{ type: 'account', value: '6222' }],
    properties: { amount: 5 },
    time: Date.UTC(2026, 2, 2, 1),
  };
  it('reads the structured, batched and binary mode', () => {
    expect(decodeAll(cloudEventsFormat, request('/cloudevents', JSON.stringify(cloud)))[0]).toMatchObject(
      expected,
    );
    expect(
      decodeAll(
        cloudEventsFormat,
        request('/cloudevents', brotliCompressSync(JSON.stringify([cloud, cloud])), {
          headers: { 'content-encoding': 'br' },
        }),
      ),
    ).toHaveLength(2);
    const { data, ...attributes } = cloud;
    const headers = Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [`ce-${name}`, value]),
    );
    expect(
      decodeAll(
        cloudEventsFormat,
        request('/cloudevents', JSON.stringify(data), {
          headers: { ...headers, 'content-type': 'application/json' },
        }),
      )[0],
    ).toMatchObject(expected);
  });
});

describe('any bytes and any JSON', () => {
  const deep = '{"properties":{"a":'.repeat(20_000);
  it('survives JSON nested 40,000 levels and a record of a million keys', () => {
    const nested = `${'['.repeat(40_000)}${']'.repeat(40_000)}`;
    for (const format of formats) {
      expect(bodyErrorOf(() => format.parse(request('/x', deep)))).toBeDefined();
      const item: unknown = {
        ...track,
        kind: 'event',
        keys: [{ type: 'a', value: 'b' }],
        specversion: '1.0',
        id: '1',
        source: 's',
        subject: 'x',
        userId: 'u',
        data: { a: JSON.parse(nested) },
        properties: { a: JSON.parse(nested) },
      };
      expect(decodeItem(format, item, { call: 'track' }, context)).toMatchObject({ code: 'record_too_deep' });
    }
    const properties: Record<string, number> = {};
    for (let index = 0; index < 1_000_000; index++) properties[`k${index}`] = index;
    check(sensorsFormat, { ...track, properties }, { code: 'record_too_many_values' });
  });

  it('ends every body in records or a named reason', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...formats),
        fc.oneof(
          fc.uint8Array({ maxLength: 300 }),
          fc.json().map((text) => Buffer.from(text)),
          fc.webQueryParameters().map((text) => Buffer.from(`data=${text}`)),
        ),
        (format, bytes) => {
          const from = request(`${format.routes[0]!.path}?token=x`, Buffer.from(bytes));
          let parsed: ParsedRequest | undefined;
          expect(bodyErrorOf(() => (parsed = format.parse(from)))?.code ?? 'parsed').toBeTypeOf('string');
          for (const item of parsed?.items ?? []) decodeItem(format, item, parsed!.batch, context);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  const anything = fc.anything({ withNullPrototype: false, maxDepth: 4 });
  const item = fc.record(
    {
      type: fc.constantFrom(
        'track',
        'track_signup',
        'profile_set',
        'item_set',
        'detail_set',
        'identify',
        'alias',
        'page',
      ),
      kind: fc.constantFrom('event', 'attributes', 'entity', 'relation', 'detail', 'consent', 'identity'),
      specversion: fc.constant('1.0'),
      event: fc.oneof(fc.string(), anything),
      time: fc.oneof(fc.integer(), fc.string(), anything),
      distinct_id: anything,
      userId: anything,
      subject: anything,
      identities: anything,
      keys: fc.oneof(fc.array(fc.record({ type: fc.string(), value: fc.string() })), anything),
      id: anything,
      messageId: anything,
      operation: anything,
      link: anything,
      properties: fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), anything),
      attributes: anything,
      traits: anything,
      context: anything,
      data: anything,
    },
    { requiredKeys: [] },
  );

  it('ends every record as decoded or with a registered code, and well-formed', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<Format>(sensorsFormat, segmentFormat, cloudEventsFormat, nativeFormat),
        item,
        (format, raw) => {
          // What can arrive is what JSON can say.
          const text = JSON.stringify(raw, (_key, value: unknown) =>
            typeof value === 'bigint' ? String(value) : value,
          );
          const decoded = decodeItem(format, JSON.parse(text), { call: 'track' }, context);
          if (isRejection(decoded)) {
            expect(decoded.code).toMatch(/^[a-z_]+$/);
            return;
          }
          expect(Number.isFinite(decoded.time)).toBe(true);
          expect(decoded.messageId.length).toBeLessThanOrEqual(255);
          if ('keys' in decoded) {
            for (const key of decoded.keys) expect(key.value.length).toBeGreaterThan(0);
          }
        },
      ),
      { numRuns: 5_000 },
    );
  });
});
