import type { Platform } from '../../src/platform/index.ts';
import type { BenchContext } from '../bench-context.ts';
import { fillEvents } from './fill-events.ts';

let filling: Promise<Platform> | undefined;

/** One log for all benches of a run that only read it: filling it takes longer than they do. */
export function sharedLog(context: BenchContext): Promise<Platform> {
  filling ??= (async () => {
    const { platform } = await context.createPlatform();
    await fillEvents(platform, (text) => context.say(text));
    return platform;
  })();
  return filling;
}
