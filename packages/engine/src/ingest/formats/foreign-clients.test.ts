import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decodeItem } from '../receive-request.ts';
import { isRejection, type DecodedRecord, type Rejection } from '../record.ts';
import { cloudEventsFormat } from './cloudevents.ts';
import type { CollectRequest, DecodeContext, Format } from './format.ts';
import { nativeFormat } from './native.ts';
import { segmentFormat } from './segment.ts';
import { sensorsFormat } from './sensors.ts';

// What clients of others were seen to send, and what must not become of it.

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

function decodeAll(
  format: Format,
  path: string,
  body: string | Buffer,
  headers: CollectRequest['headers'] = {},
): (DecodedRecord | Rejection)[] {
  const request = { method: 'POST', path, query: new URLSearchParams(), headers, body: Buffer.from(body) };
  const parsed = format.parse(request);
  return parsed.items.map((item) => decodeItem(format, item, parsed.batch, context));
}

function decodeOne(...given: Parameters<typeof decodeAll>): DecodedRecord {
  const [record] = decodeAll(...given);
  if (record === undefined || isRejection(record)) throw new Error(JSON.stringify(record));
  return record;
}

const keysOf = (record: DecodedRecord): unknown => ('keys' in record ? record.keys : undefined);
const propertiesOf = (record: DecodedRecord): unknown =>
  'properties' in record ? record.properties : undefined;

const track = { type: 'track', event: 'Buy', distinct_id: 'd1', time: RECEIVED_AT, properties: { a: 1 } };
const json = JSON.stringify([track]);

describe('numbers that JSON.parse would round', () => {
  const numbered = (id: string): string =>
    `{"batch":[{"type":"track","userId":${id},"event":"Buy","messageId":"m${id}",
      "properties":{"card":${id},"list":[ ${id} ,1.25],"ratio":0.12345678901234567890,"text":"a: ${id}, \\"${id}"}}]}`;

  it('keeps two customers of eighteen digits apart, and their digits whole', () => {
    for (const id of ['622202123456789012', '622202123456789013', '-622202123456789013']) {
      const record = decodeOne(segmentFormat, '/v1/batch', numbered(id));
      expect(keysOf(record)).toEqual([{ type: 'customer_number', value: id }]);
      expect(propertiesOf(record)).toEqual({
        card: id,
        list: [id, 1.25],
        ratio: 0.12345678901234568,
        text: `a: ${id}, "${id}`,
      });
    }
  });

  it('leaves numbers that are exact numbers', () => {
    const record = decodeOne(segmentFormat, '/v1/batch', numbered('9007199254740991'));
    expect(propertiesOf(record)).toMatchObject({ card: Number.MAX_SAFE_INTEGER });
  });

  it('refuses a key that came rounded already', () => {
    const body =
      '{"records":[{"kind":"event","event":"x","keys":[{"type":"customer_number","value":1e20}]}]}';
    expect(decodeAll(nativeFormat, '/api/v1/collect', body)).toMatchObject([{ code: 'key_invalid' }]);
  });
});

describe('bodies as other clients write them', () => {
  it('takes NaN and Infinity, which Python writes, without losing the rest of the batch', () => {
    const body = `{"batch":[{"type":"track","userId":"u","event":"a","properties":{"x":NaN,"y":-Infinity,"z":"NaN"}},
      {"type":"track","userId":"u","event":"b"}]}`;
    const [first, second] = decodeAll(segmentFormat, '/v1/batch', body);
    expect(first).toMatchObject({ properties: { x: null, y: null, z: 'NaN' } });
    expect(second).toMatchObject({ event: 'b' });
  });

  it.each<[string, Buffer, string | undefined]>([
    ['a byte order mark', Buffer.from(`\ufeff${json}`), undefined],
    ['gzip under capital letters', gzipSync(json), 'GZIP'],
    ['bare deflate', deflateRawSync(json), 'deflate'],
    ['zlib deflate under capital letters', deflateSync(json), 'Deflate'],
    ['deflate, then gzip', gzipSync(deflateSync(json)), 'deflate, gzip'],
    [
      'base64 of a byte order mark',
      Buffer.from(`data=${Buffer.from(`\ufeff${json}`).toString('base64')}`),
      undefined,
    ],
    [
      'zlib inside base64',
      Buffer.from(`data_list=${deflateSync(json).toString('base64')}&gzip=1`),
      undefined,
    ],
    [
      'base64 escaped twice',
      Buffer.from(`data=${encodeURIComponent(encodeURIComponent(Buffer.from(json).toString('base64')))}`),
      undefined,
    ],
  ])('takes %s', (_name, body, encoding) => {
    const headers = encoding === undefined ? {} : { 'content-encoding': encoding };
    expect(decodeOne(sensorsFormat, '/sa', body, headers)).toMatchObject({
      event: 'Buy',
      properties: { a: 1 },
    });
  });

  it.each<[unknown, number]>([
    ['1772416800000', RECEIVED_AT],
    [RECEIVED_AT + 0.75, RECEIVED_AT],
    ['2026-03-02 10:00:00.000', RECEIVED_AT],
    ['2026-03-02T10:00:00', RECEIVED_AT],
    ['2026-03-02T02:00:00.000Z', RECEIVED_AT],
  ])('reads the Sensors time %s, of the bank when it names no zone', (time, expected) => {
    expect(decodeOne(sensorsFormat, '/sa', JSON.stringify([{ ...track, time }]))).toMatchObject({
      time: expected,
    });
  });

  it('knows messages by numbers and by long ids', () => {
    const of = (messageId: unknown): string =>
      decodeOne(segmentFormat, '/v1/track', JSON.stringify({ userId: 'u', event: 'a', messageId })).messageId;
    expect(of(77)).toBe('77');
    expect(of('m'.repeat(300))).toHaveLength(32);
    expect(of('m'.repeat(300))).not.toBe(of('m'.repeat(301)));
  });

  it('takes a CloudEvent of a long source and of a time that is null', () => {
    const event = { specversion: '1.0', id: '1', type: 't', subject: 'C1', time: null };
    const [record] = decodeAll(
      cloudEventsFormat,
      '/cloudevents',
      JSON.stringify([{ ...event, source: `urn:${'x'.repeat(300)}` }]),
    );
    expect(record).toMatchObject({ event: 't', time: RECEIVED_AT });
  });
});

describe('CloudEvents as the SDKs of Go and Java send them', () => {
  const attributes = { specversion: '1.0', id: '1', source: '/core', type: '开户', subject: '客户 "甲" 50%' };
  const latin = (text: string): string => Buffer.from(text).toString('latin1');
  const binary = (changed: (text: string) => string, more: object = {}): DecodedRecord => {
    const headers = Object.entries({ ...attributes, ...more }).map(([name, value]) => [
      `ce-${name}`,
      changed(value as string),
    ]);
    const given = { ...Object.fromEntries(headers), 'content-type': 'application/json' };
    return decodeOne(cloudEventsFormat, '/cloudevents', '{"a":1}', given as CollectRequest['headers']);
  };

  it.each<[string, (text: string) => string]>([
    ['plain UTF-8', latin],
    ['percent-encoded', encodeURIComponent],
    ['quoted and percent-encoded', (text) => `"${encodeURIComponent(text)}"`],
    ['quoted UTF-8', (text) => `"${latin(text).replace(/["\\]/g, '\\$&')}"`],
  ])('knows the person and the event of binary headers in %s as in structured mode', (_name, changed) => {
    const structured = JSON.stringify({ ...attributes, data: { a: 1 } });
    expect(binary(changed)).toEqual(decodeOne(cloudEventsFormat, '/cloudevents', structured));
    expect(keysOf(binary(changed))).toEqual([{ type: 'customer_number', value: attributes.subject }]);
  });

  it('leaves Latin-1 that is not UTF-8 as it came', () => {
    expect(keysOf(binary((text) => text, { type: 't', subject: 'Jos\u00e9' }))).toEqual([
      { type: 'customer_number', value: 'Jos\u00e9' },
    ]);
  });

  it('keeps the extension attributes, with one type whatever the mode', () => {
    const extensions = { partitionkey: 'p1', sequence: 7, sampled: true };
    const structured = JSON.stringify({ ...attributes, ...extensions, data: { a: 1 } });
    const kept = {
      a: 1,
      $ce_source: '/core',
      $ce_partitionkey: 'p1',
      $ce_sequence: '7',
      $ce_sampled: 'true',
    };
    expect(propertiesOf(decodeOne(cloudEventsFormat, '/cloudevents', structured))).toEqual(kept);
    const asText = Object.fromEntries(
      Object.entries(extensions).map(([name, value]) => [name, String(value)]),
    );
    expect(propertiesOf(binary(encodeURIComponent, asText))).toEqual(kept);
  });
});
