import { platformApi } from '@wutong/contract';
import type { FrontDoor } from '../front-door.ts';

/** Wutong's time, followed from outside: both sides compute it from the same anchor. */
export interface LabClock {
  /** Epoch ms of Wutong's time. */
  now(): number;
  /** Reads the anchor again (after the speed was changed). */
  follow(): Promise<void>;
  /** Real milliseconds until Wutong's time reaches an instant. */
  realMsUntil(virtualMs: number): number;
}

export async function openLabClock(door: FrontDoor): Promise<LabClock> {
  let anchor = { virtualMs: 0, realMs: 0, rate: 1 };
  const now = (): number =>
    Math.min(Date.now(), anchor.virtualMs + (Date.now() - anchor.realMs) * anchor.rate);
  const clock: LabClock = {
    now,
    async follow() {
      const { anchorVirtualMs, anchorRealMs, anchorRate } = await door.call(platformApi.readClock);
      anchor = { virtualMs: anchorVirtualMs, realMs: anchorRealMs, rate: anchorRate };
    },
    realMsUntil: (virtualMs) => Math.max(0, virtualMs - now()) / (now() >= Date.now() - 1 ? 1 : anchor.rate),
  };
  await clock.follow();
  return clock;
}
