import { expect, it } from 'vitest';
import { eventIdOf } from './event-id.ts';

it('gives a record one id, a UUID, that differs by source', () => {
  expect(eventIdOf('app', 'm1')).toBe(eventIdOf('app', 'm1'));
  expect(eventIdOf('app', 'm1')).not.toBe(eventIdOf('web', 'm1'));
  expect(eventIdOf('app', 'm1')).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
});
