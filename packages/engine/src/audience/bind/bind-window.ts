import type { TimeWindow } from '@wutong/contract';
import { isWindowTooFar, resolveWindow, type ResolvedWindow } from '../resolve-window.ts';
import { refuse, type Binder, type Scope } from './binder.ts';

/** Bounds of a window; refuses one that leads farther from now than any record lies. */
export function bindWindow(binder: Binder, node: object, scope: Scope, window: TimeWindow): ResolvedWindow {
  if (isWindowTooFar(window)) {
    return refuse(binder, node, scope, {
      code: 'bad_window',
      en: 'This is longer than any record: at most 300 years, or 5,000 trading days.',
      zh: '时间范围过大：最多 300 年或 5,000 个交易日。',
    });
  }
  return resolveWindow(window, binder.environment.time);
}
