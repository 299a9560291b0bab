import {
  anchoredClock,
  CLOCK_SETTING,
  virtualTime,
  type AnchoredClock,
  type ClockAnchor,
  type Database,
} from './platform/index.ts';

/** Name of the setting that says at which real instant the demo's time was last kept alive. */
const ALIVE_SETTING = 'clock.alive';
const KEEP_EVERY_MS = 250;
/** Nobody has kept the time for so long: the demo stood still. */
const STOOD_STILL_AFTER_MS = 3_000;
/** Time may have gone on for so long after it was last kept; it must never go back. */
const MARGIN_MS = 1_000;

/**
 * A demo's clock goes on from its kept anchor; an installation that ever had one keeps it. A demo that was
 * stopped while its time ran fast goes on where it stopped, instead of finding its days gone.
 */
export async function readDemoClock(
  database: Database,
  startMs: number | undefined,
): Promise<AnchoredClock | undefined> {
  const anchor = await readSetting<ClockAnchor>(database, CLOCK_SETTING);
  if (anchor) return anchoredClock(await resumed(database, anchor, Date.now()));
  if (startMs === undefined) return undefined;
  const first: ClockAnchor = { virtualMs: startMs, realMs: Date.now(), rate: 1 };
  await writeSetting(database, CLOCK_SETTING, first);
  return anchoredClock(first);
}

/** Notes again and again that the demo lives, until its time is the real one. Returns how to end that. */
export function keepDemoTime(database: Database, clock: AnchoredClock): () => Promise<void> {
  let writing: Promise<void> = Promise.resolve();
  const keep = (): void => {
    if (clock.rate === 1) return;
    // A database that is away loses nothing: the next round notes a later instant.
    writing = writing.then(() => writeSetting(database, ALIVE_SETTING, Date.now()).catch(() => undefined));
  };
  const timer = setInterval(keep, KEEP_EVERY_MS);
  return async () => {
    clearInterval(timer);
    await writing;
  };
}

async function resumed(database: Database, anchor: ClockAnchor, nowMs: number): Promise<ClockAnchor> {
  const aliveMs = await readSetting<number>(database, ALIVE_SETTING);
  if (aliveMs === undefined || anchor.rate === 1 || aliveMs < anchor.realMs) return anchor;
  const stoppedAtMs = virtualTime(anchor, aliveMs + MARGIN_MS);
  const hadCaughtUp = stoppedAtMs >= aliveMs + MARGIN_MS;
  // Another process may keep the time at this moment: it must not be moved under its feet.
  if (hadCaughtUp || nowMs - aliveMs < STOOD_STILL_AFTER_MS) return anchor;
  const moved: ClockAnchor = { virtualMs: stoppedAtMs, realMs: nowMs, rate: anchor.rate };
  await writeSetting(database, CLOCK_SETTING, moved);
  return moved;
}

async function readSetting<Value>(database: Database, name: string): Promise<Value | undefined> {
  const [row] = await database.query<{ value: Value }>('select value from platform.setting where name = $1', [
    name,
  ]);
  return row?.value;
}

async function writeSetting(database: Database, name: string, value: unknown): Promise<void> {
  await database.execute(
    `insert into platform.setting (name, value) values ($1, $2::jsonb)
     on conflict (name) do update set value = excluded.value`,
    [name, JSON.stringify(value)],
  );
}
