import { expect, it } from 'vitest';
import type { audienceApi } from '@wutong/contract';
import type { Platform } from '../platform/index.ts';
import { awaitSources } from './await-sources.ts';
import { completeUntil, nextDue } from './schedule.ts';

const ZONE = 'Asia/Shanghai';
const at = (text: string): number => Date.parse(`${text}+08:00`);
const schedule = (...sources: string[]): audienceApi.Schedule => ({
  every: 'source_ready',
  at: '00:30',
  sources,
});
const platform = { clock: { rate: 1 }, config: { timeZone: ZONE } } as Platform;

it('wants everything up to the last time of day in the zone of the bank', () => {
  expect(completeUntil(schedule('core'), at('2026-03-02T10:00'), ZONE)).toBe(at('2026-03-02T00:30'));
  expect(completeUntil(schedule('core'), at('2026-03-02T00:10'), ZONE)).toBe(at('2026-03-01T00:30'));
  expect(nextDue(schedule('core'), at('2026-03-02T10:00'), ZONE)).toBe(at('2026-03-03T00:30'));
});

it('lets those go whose sources are all ready, and looks at the others again soon', async () => {
  const due = [
    { id: 'both', schedule: schedule('core', 'card'), due_at: 0 },
    { id: 'one', schedule: schedule('core'), due_at: 0 },
    { id: 'gone', schedule: schedule('closed'), due_at: 0 },
    { id: 'hourly', schedule: { every: 'minutes', minutes: 60 } as const, due_at: 0 },
  ];
  const asked: unknown[] = [];
  const now = at('2026-03-02T02:00');
  const parted = await awaitSources(
    platform,
    async (sourceIds, since) => {
      asked.push([[...sourceIds], since]);
      return [
        { sourceId: 'core', ready: true },
        { sourceId: 'card', ready: false },
      ];
    },
    due,
    now,
  );
  expect(asked).toEqual([[['core', 'card', 'closed'], at('2026-03-02T00:30')]]);
  expect(parted.ready.map((each) => each.id)).toEqual(['one', 'gone', 'hourly']);
  expect(parted.waiting.map((each) => each.id)).toEqual(['both']);
  expect(parted.lookAgainAt).toBe(now + 30_000);
  expect((await awaitSources(platform, undefined, due, now)).waiting).toEqual([]);
});
