import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  chooseSupplier,
  createShareCounter,
  type RoutableSupplier,
  type RouteRule,
} from './choose-supplier.ts';
import { receiptStateOf } from './channels/smpp/parse-receipt.ts';
import { decideOutcome, type LedgerAttempt, type LedgerMessage, type Outcome } from './decide-outcome.ts';
import { createRateLimit } from './limit-rate.ts';
import { readingsOfReceiptId } from './normalize-provider-id.ts';
import { isOptOut } from './read-reply.ts';

describe('what an outcome does', () => {
  const message: LedgerMessage = {
    state: 'pending',
    reason: null,
    attempts: 1,
    tried: [],
    cascade: null,
    sentAt: null,
    deliveredAt: null,
  };
  const attempt: LedgerAttempt = {
    state: 'calling',
    ordinal: 1,
    supplierId: 'a',
    channel: 'sms',
    answeredAt: null,
  };
  const accepted: Outcome = { kind: 'answer', answer: { kind: 'accepted', providerIds: ['1'] }, at: 1 };
  const receipt = (state: 'sent' | 'delivered' | 'undeliverable' | 'uncertain', at: number): Outcome => ({
    kind: 'receipt',
    state,
    at,
  });

  /** Runs outcomes one after the other; the message's state at the end. */
  function run(outcomes: readonly Outcome[], canCascade = false): string {
    let now = { message, attempt };
    for (const outcome of outcomes) {
      const change = decideOutcome(now.message, now.attempt, outcome, () => canCascade);
      if (change === undefined) continue;
      now = {
        message: { ...now.message, ...change.message },
        attempt: { ...now.attempt, ...change.attempt },
      };
    }
    return `${now.message.state}/${now.attempt.state}`;
  }

  test.each<[string, Outcome[], string]>([
    ['accepted', [accepted], 'sent/sent'],
    ['sent after delivered', [accepted, receipt('delivered', 2), receipt('sent', 3)], 'sent/delivered'],
    ['undeliverable', [accepted, receipt('undeliverable', 2)], 'failed/undeliverable'],
    [
      'delivered after all',
      [accepted, receipt('undeliverable', 2), receipt('delivered', 3)],
      'sent/delivered',
    ],
    ['unknown', [accepted, receipt('uncertain', 2)], 'uncertain/uncertain'],
    ['answer lost', [{ kind: 'caller_died', at: 1 }], 'uncertain/uncertain'],
    [
      'answer lost, receipt came',
      [{ kind: 'caller_died', at: 1 }, receipt('delivered', 2)],
      'sent/delivered',
    ],
    ['no receipt, nobody left', [accepted, { kind: 'no_receipt', at: 2 }], 'sent/no_receipt'],
    ['rejected', [{ kind: 'answer', answer: { kind: 'rejected', code: 'x' }, at: 1 }], 'failed/rejected'],
    ['throttled', [{ kind: 'answer', answer: { kind: 'throttled', code: 'x' }, at: 1 }], 'pending/returned'],
  ])('%s', (_, outcomes, expected) => expect(run(outcomes)).toBe(expected));

  test('delivered is never undone, whatever comes in whatever order', () => {
    const outcome = fc.oneof(
      fc.constantFrom<Outcome>(accepted, { kind: 'no_receipt', at: 9 }, { kind: 'caller_died', at: 9 }),
      fc.constantFrom('sent', 'undeliverable', 'uncertain').map((state) => receipt(state as 'sent', 9)),
    );
    fc.assert(
      fc.property(fc.array(outcome), fc.array(outcome), (before, after) => {
        expect(run([...before, receipt('delivered', 5), ...after])).toMatch(/^sent\/delivered$/);
      }),
    );
  });
});

describe('routing', () => {
  const supplier = (
    supplierId: string,
    changed: Partial<RoutableSupplier> = {},
  ): [string, RoutableSupplier] => [
    supplierId,
    { supplierId, channel: 'sms', purposes: ['marketing'], available: true, active: true, ...changed },
  ];
  const route: RouteRule = {
    routeId: 'r',
    channel: 'sms',
    order: 1,
    purposes: [],
    prefixes: [],
    shares: [
      { supplierId: 'a', share: 70 },
      { supplierId: 'b', share: 30 },
    ],
    enabled: true,
  };
  const message = {
    channel: 'sms',
    purpose: 'marketing',
    address: '13000000001',
    tried: [] as string[],
  } as const;

  test('any ten messages are seven and three', () => {
    const counter = createShareCounter();
    const suppliers = new Map([supplier('a'), supplier('b')]);
    const chosen = Array.from({ length: 1_000 }, () => chooseSupplier([route], suppliers, message, counter));
    for (let from = 0; from < 1_000; from += 10) {
      const ten = chosen
        .slice(from, from + 10)
        .filter((each) => each.kind === 'supplier' && each.supplierId === 'a');
      expect(ten).toHaveLength(7);
    }
  });

  test.each<[string, [string, RoutableSupplier][], string[], string]>([
    ['the other one when one is down', [supplier('a', { available: false }), supplier('b')], [], 'b'],
    ['the other one when one was tried', [supplier('a'), supplier('b')], ['a'], 'b'],
    ['nobody when all were tried', [supplier('a'), supplier('b')], ['a', 'b'], 'none'],
    [
      'wait when all are down',
      [supplier('a', { available: false }), supplier('b', { available: false })],
      [],
      'wait',
    ],
    ['nobody for a purpose nobody may carry', [supplier('a', { purposes: ['service'] })], [], 'none'],
  ])('%s', (_, suppliers, tried, expected) => {
    const choice = chooseSupplier([route], new Map(suppliers), { ...message, tried }, createShareCounter());
    expect(choice.kind === 'supplier' ? choice.supplierId : choice.kind).toBe(expected);
  });
});

test.each([
  ['DELIVRD', 'delivered'],
  ['delivrd ', 'delivered'],
  ['ACCEPTD', 'sent'],
  ['EXPIRED', 'expired'],
  ['REJECTD', 'rejected'],
  ['UNKNOWN', 'uncertain'],
  ['MA:0001', 'uncertain'],
  ['IC:0151', 'uncertain'],
  ['MB:1042', 'undeliverable'],
  ['DB:0108', 'undeliverable'],
  ['CB:0010', 'undeliverable'],
])('receipt status %s → %s', (status, state) => expect(receiptStateOf(status)).toBe(state));

test.each([
  ['00000001F4', 'auto', '1f4'],
  ['0500', 'answer_hex', '1f4'],
  ['1F4', 'answer_decimal', '500'],
  ['500', 'auto', '1f4'],
  ['0', 'same', '0'],
] as const)('receipt id %s read as %s may be %s', (raw, form, reading) =>
  expect(readingsOfReceiptId(raw, form)).toContain(reading),
);

test.each([
  ['R', true],
  ['r', true],
  ['Ｒ', true],
  ['ｔｄ。', true],
  [' T ', true],
  ['n', true],
  ['退订', true],
  ['TD【梧桐】', false],
  ['Really?', false],
  ['好的', false],
  ['', false],
])('reply %j is an opt-out: %s', (text, expected) => expect(isOptOut(text)).toBe(expected));

test('a rate is kept over any second, and a complaint slows it down', () => {
  let now = 0;
  const limit = createRateLimit(100, () => now);
  let taken = 0;
  for (; now < 10_000; now += 7) taken += limit.take(50);
  expect(taken).toBeGreaterThan(950);
  expect(taken).toBeLessThanOrEqual(1_025);
  limit.slowDown();
  expect(limit.take(10)).toBe(0);
  now += 150;
  expect(limit.take(10)).toBeGreaterThan(0);
});
