import type { Draw } from '../bank/draw.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export type Touch = 'in_app' | 'push' | 'sms' | 'call';

/**
 * How a person would act: fixed before anything is sent, so that the true effect is known. Every
 * number is a pure function of the person and the seed.
 */
export interface Temperament {
  /** Whether the money is renewed without any contact, and how long after the demo's start. */
  readonly renewsAnyway: boolean;
  readonly renewsAfterMs: number;
  /** Whether a message seen over this channel in this telling is clicked, and how long after. */
  clicks(touch: Touch, variant: string): { clicks: boolean; afterMs: number };
  /** Whether the contact persuades somebody who would not have renewed, and how long after. */
  persuades(touch: Touch, variant: string): { persuades: boolean; afterMs: number };
  /** Opens the app on a day of the demo (0, 1, …): the instant within the day, or undefined. */
  opensAppOn(day: number): number | undefined;
  readonly repliesStop: boolean;
}

/** Share who renew untouched. */
const BASE_RATE = 0.2;
const CLICK_RATE: Record<Touch, number> = { in_app: 0.22, push: 0.13, sms: 0.15, call: 0 };
const PERSUASION: Record<Touch, number> = { in_app: 0.34, push: 0.3, sms: 0.32, call: 0.28 };
/** The telling that stresses ease is clicked more. */
const VARIANT_FACTOR: Record<string, number> = { 收益: 1, 省心: 1.35 };

export function temperamentOf(draw: Draw, index: number): Temperament {
  const chance = (label: string): number => draw(index, label);
  return {
    renewsAnyway: chance('renews') < BASE_RATE,
    renewsAfterMs: (0.4 + chance('renews when') * 6.3) * DAY_MS,
    clicks: (touch, variant) => ({
      clicks: chance(`click ${touch}`) < CLICK_RATE[touch] * (VARIANT_FACTOR[variant] ?? 1),
      afterMs: (0.02 + chance(`click ${touch} when`) ** 2 * 6) * HOUR_MS,
    }),
    persuades: (touch, variant) => ({
      persuades: chance(`persuaded ${touch} ${variant}`) < PERSUASION[touch],
      afterMs: (0.3 + chance(`persuaded ${touch} when`) * 10) * HOUR_MS,
    }),
    opensAppOn: (day) =>
      chance(`app day ${day}`) < 0.42 ? (8 + chance(`app time ${day}`) * 13) * HOUR_MS : undefined,
    repliesStop: chance('replies stop') < 0.006,
  };
}
