import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hubApi, insightApi, platformApi, type insightApi as InsightApi } from '@wutong/contract';
import { createBank, type Bank } from './bank/bank.ts';
import { loadBank, openSources, type BankSources } from './bank/load-bank.ts';
import { openFrontDoor, type FrontDoor } from './front-door.ts';
import { publishStrategies } from './strategies/publish-strategy.ts';
import { RENEWAL_STRATEGY_ID } from './strategies/renewal.ts';
import { describeAudiences } from './strategies/segments.ts';
import { createAgenda } from './world/agenda.ts';
import { createCustomers } from './world/customers.ts';
import { openJournal } from './world/journal.ts';
import { openLabClock, type LabClock } from './world/lab-clock.ts';
import { createManagers } from './world/managers.ts';
import { connectSuppliers, startSuppliers, type SupplierWorld } from './world/suppliers.ts';

export interface DemoOptions {
  readonly url: string;
  readonly token: string;
  readonly people: number;
  /** Real seconds in which the eight days pass. */
  readonly seconds: number;
  readonly stateDirectory: string;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
  /** A view of the loop; `final` once it has run to its end. */
  readonly summary: (summary: DemoSummary, final: boolean) => void;
}

/** What `npm start -- --json` prints. */
export type DemoSummary = Omit<InsightApi.Summary, 'tasks'> & {
  tasks: number;
  outcomes: Record<string, number>;
  /** Days of Wutong's time since the strategy began. */
  day: number;
  /** Renewals that only happened because something reached the person, ÷ treated people. */
  trueEffect: number;
  /** What phones and mailboxes got. */
  handsets: { delivered: number; mails: number; doubles: number };
};

interface DemoState {
  startMs: number;
  people: number;
  approverPassword: string;
  loaded: boolean;
  began: boolean;
  /** Keys of the sources, as long as they are accepted. */
  sources?: BankSources;
}

const DAY_MS = 86_400_000;
const TICK_MS = 25;
/** Customers act at once; collection commits what comes together as one batch. */
const PARALLEL_ACTS = 64;
const SUMMARY_EVERY_MS = 5_000;
const TASKS_EVERY_MS = 400;
const IDLE_MS = 200;
/** The goal counts for seven days after entry; the rest is for the last receipts and outcomes. */
const LOOP_DAYS = 8;

/** Runs the demo from wherever it stands until the signal fires. */
export async function runDemo(options: DemoOptions): Promise<void> {
  const { say, signal } = options;
  const door = openFrontDoor(options.url, options.token, signal);
  const clock = await openLabClock(door);
  const suppliers = await startSuppliers(options.stateDirectory);
  try {
    const opened = readState(options, clock);
    const bank = createBank(opened.people, opened.startMs);
    const sources = opened.sources ?? (await openSources(door));
    const state: DemoState = { ...opened, sources };
    writeState(options, state);
    await connectSuppliers(door, suppliers);
    if (!state.loaded) {
      say(`建立示范银行 · loading the demo bank (${state.people.toLocaleString('en-US')} people)`);
      await loadBank(door, bank, sources, say);
      await describeAudiences(door);
      writeState(options, { ...state, loaded: true });
    }
    await publishStrategies(door, state.approverPassword);
    if (!state.began) {
      const behind = Date.now() - clock.now();
      await door.call(platformApi.setClock, {
        body: { rate: Math.max(1, Math.ceil(behind / (options.seconds * 1_000))) },
      });
      writeState(options, { ...state, loaded: true, began: true });
      say('策略已发布，时间加速 · the strategy runs on accelerated time');
    }
    await clock.follow();
    await live(options, door, clock, bank, suppliers, sources);
  } finally {
    await suppliers.stop();
  }
}

/** The world turns: customers, managers and suppliers act, and the loop is watched. */
async function live(
  options: DemoOptions,
  door: FrontDoor,
  clock: LabClock,
  bank: Bank,
  suppliers: SupplierWorld,
  sources: { core: string; app: string },
): Promise<void> {
  const agenda = createAgenda();
  const customers = createCustomers({
    door,
    bank,
    clock,
    agenda,
    appKey: sources.app,
    coreKey: sources.core,
    journal: openJournal(join(options.stateDirectory, 'decisions.jsonl')),
  });
  suppliers.household = (mobile) => customers.household(mobile);
  suppliers.onPush = (token, messageId, title) => customers.onPush(token, messageId, title);
  suppliers.onSms = (mobile, text, reply) => customers.onSms(mobile, text, reply);
  const managers = createManagers({ door, clock, agenda, draw: bank.draw, customers });
  customers.begin();

  const watch = async (): Promise<{ summary: DemoSummary; settled: boolean }> => {
    const summary = await readSummary(door, clock, bank, suppliers, customers.persuaded());
    const { counts } = await door.call(hubApi.listTasks, { query: { limit: 1 } });
    const openTasks = (counts['open'] ?? 0) + (counts['claimed'] ?? 0);
    const settled =
      summary.day >= LOOP_DAYS && summary.running === 0 && summary.pending === 0 && openTasks === 0;
    return { summary, settled };
  };

  let finished = false;
  let calm = 0;
  // Side by side: a busy hour of the customers must not hold up the managers or the report.
  await Promise.all([
    repeat(
      options.signal,
      () => (finished ? IDLE_MS : TICK_MS),
      async () => {
        await agenda.runDue(clock.now(), PARALLEL_ACTS);
      },
    ),
    repeat(
      options.signal,
      () => TASKS_EVERY_MS,
      async () => {
        await managers.look();
      },
    ),
    repeat(
      options.signal,
      () => SUMMARY_EVERY_MS,
      async () => {
        if (finished) return;
        const { summary, settled } = await watch();
        calm = settled ? calm + 1 : 0;
        // Two quiet looks in a row: facts on their way to the report have arrived.
        finished = calm >= 2;
        options.summary(summary, finished);
      },
    ),
  ]);
}

/** Does something again and again, with a pause of real milliseconds, until the signal fires. */
async function repeat(signal: AbortSignal, pauseMs: () => number, act: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await act();
    await new Promise((resolve) => setTimeout(resolve, pauseMs()));
  }
}

async function readSummary(
  door: FrontDoor,
  clock: LabClock,
  bank: Bank,
  suppliers: SupplierWorld,
  persuaded: number,
): Promise<DemoSummary> {
  const { tasks, ...summary } = await door.call(insightApi.readStrategySummary, {
    params: { strategyId: RENEWAL_STRATEGY_ID },
  });
  return {
    ...summary,
    tasks: tasks.created,
    outcomes: tasks.outcomes,
    day: (clock.now() - bank.startMs) / DAY_MS,
    trueEffect: summary.goal.treated.people === 0 ? 0 : persuaded / summary.goal.treated.people,
    handsets: suppliers.handsets(),
  };
}

function readState(options: DemoOptions, clock: LabClock): DemoState {
  const path = join(options.stateDirectory, 'demo.json');
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as DemoState;
  const state: DemoState = {
    startMs: clock.now(),
    people: options.people,
    approverPassword: randomBytes(12).toString('base64url'),
    loaded: false,
    began: false,
  };
  writeState(options, state);
  return state;
}

function writeState(options: DemoOptions, state: DemoState): void {
  writeFileSync(join(options.stateDirectory, 'demo.json'), JSON.stringify(state), { mode: 0o600 });
}
