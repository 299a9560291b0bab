import { afterEach, expect, test, vi } from 'vitest';
import { createKeep } from './keep.ts';
import { createSendQueue } from './send-queue.ts';

afterEach(() => vi.unstubAllGlobals());

test('a server that never answers holds nothing up: the same record goes again', async () => {
  const sent: string[] = [];
  // The first request stays open until it is given up, as when a phone lost its network without a word.
  vi.stubGlobal('fetch', async (_url: string, { body, signal }: RequestInit) => {
    sent.push(body as string);
    if (sent.length > 1) return new Response('{}');
    return new Promise((_resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason as Error));
    });
  });
  const url = 'https://wutong.bank.example/api/v1/collect';
  const queue = createSendQueue({ keep: createKeep('a.'), url, flushIntervalMs: 60_000, answerWithinMs: 20 });
  queue.add({ messageId: 'm1', kind: 'event' });
  await queue.flush();
  expect(queue.waiting()).toBe(1);
  await queue.flush();
  queue.stop();
  expect(queue.waiting()).toBe(0);
  const ids = sent.map(
    (body) => (JSON.parse(body) as { records: { messageId: string }[] }).records[0]!.messageId,
  );
  expect(ids).toEqual(['m1', 'm1']);
});
