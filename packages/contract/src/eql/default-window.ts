import type { TimeWindow } from './window.ts';

/** Gives a window to every event source below a node that has none; sources inside `where` are left alone. */
export function applyDefaultWindow(node: object, window: TimeWindow): void {
  const waiting: object[] = [node];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if ('kind' in next && next.kind === 'event' && 'event' in next) {
      const source = next as { window?: TimeWindow };
      source.window ??= window;
      continue;
    }
    for (const value of Object.values(next) as unknown[]) {
      if (typeof value === 'object' && value !== null) waiting.push(value);
    }
  }
}
