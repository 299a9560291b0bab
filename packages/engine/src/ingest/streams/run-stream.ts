import type { KafkaSecrets, StreamSettings, streamsApi } from '@wutong/contract';
import type { Platform } from '../../platform/index.ts';
import type { RequestGroups } from '../group-requests.ts';
import type { Sources, SourceSettings } from '../manage-sources.ts';
import { streamConnectors } from './connectors/stream-connectors.ts';
import type { StreamMessage, StreamReader } from './connectors/stream-connector.ts';
import type { StreamFormat } from './formats/stream-format.ts';
import { streamFormatOf } from './formats/stream-formats.ts';
import { gatherMessages, type Gathered } from './gather-messages.ts';
import { createPause, type Pause } from './pause.ts';
import { problemOf } from './name-problem.ts';
import { createRate } from './message-rate.ts';
import type { LogLine } from '../activity-log-store.ts';
import { streamLog, type StreamEvent } from './stream-log.ts';
import { deleteWorker, notePositioned, noteWork, type WorkerRow } from './stream-store.ts';

export interface RunnerNeeds {
  readonly platform: Platform;
  readonly groups: RequestGroups;
  readonly sources: Sources;
  readonly processId: string;
}

/** What is read, and how. */
export interface StreamTask {
  readonly streamId: string;
  readonly sourceId: string;
  readonly version: number;
  readonly settings: StreamSettings;
  readonly secrets: KafkaSecrets;
  readonly positioned: boolean;
}

/** A stream that is being read by this process. */
export interface RunningStream {
  readonly version: number;
  /** Paused, it stays in its group and reads nothing. */
  setPaused(paused: boolean): void;
  /** Ends after the batch under way; leaves the group. */
  stop(): Promise<void>;
}

const MESSAGES_A_BATCH = 2_000;
const WAIT_MS = 500;
const REPORT_MS = 1_000;
const FIRST_BACKOFF_MS = 200;
const MAXIMUM_BACKOFF_MS = 5_000;
const SOURCE_FRESH_MS = 2_000;

/** Reads a stream until it is stopped; connects again by itself after every failure. */
export class StreamRunner implements RunningStream {
  readonly #needs: RunnerNeeds;
  readonly #task: StreamTask;
  readonly #pause: Pause = createPause();
  readonly #finished: Promise<void>;
  readonly #reporting: NodeJS.Timeout;
  #stopping = false;
  #paused: boolean;
  #present: WorkerRow['activity'] = 'connecting';
  #error: string | undefined;
  #reader: StreamReader | undefined;
  #partitions: Omit<streamsApi.StreamPartition, 'lag'>[] = [];
  readonly #rate = createRate();
  #done = { messages: 0, stored: 0, duplicate: 0, rejected: 0 };
  #report: Promise<void> | undefined;
  #source: { settings: SourceSettings; disabled: boolean; until: number } | undefined;

  constructor(needs: RunnerNeeds, task: StreamTask, paused: boolean) {
    this.#needs = needs;
    this.#task = task;
    this.#paused = paused;
    this.#reporting = setInterval(() => this.#reportSoon(), REPORT_MS);
    this.#finished = this.#run();
  }

  get version(): number {
    return this.#task.version;
  }

  /** A change is told at once, so that whoever pressed a button sees it. */
  set #activity(activity: WorkerRow['activity']) {
    if (activity === this.#present) return;
    this.#present = activity;
    this.#reportSoon();
  }

  setPaused(paused: boolean): void {
    if (this.#paused && !paused) this.#pause.wake();
    this.#paused = paused;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#pause.wake();
    await this.#finished;
    clearInterval(this.#reporting);
    await this.#report;
    await this.#tell().catch(() => undefined);
    const { platform, processId } = this.#needs;
    await deleteWorker(platform.database, this.#task.streamId, processId).catch(() => undefined);
  }

  async #run(): Promise<void> {
    for (let failures = 0; !this.#stopping; failures++) {
      const started = performance.now();
      this.#activity = 'connecting';
      try {
        this.#reader = await this.#open();
        this.#log({ event: 'connected' });
        await this.#readAll(this.#reader);
      } catch (error) {
        this.#note(error);
      }
      await this.#reader?.close();
      this.#reader = undefined;
      this.#partitions = [];
      // What worked for a while and broke is tried again at once.
      if (performance.now() - started > 2 * MAXIMUM_BACKOFF_MS) failures = 0;
      if (!this.#stopping)
        await this.#pause.sleep(Math.min(MAXIMUM_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** failures));
    }
  }

  #open(): Promise<StreamReader> {
    const { settings, secrets, positioned, streamId } = this.#task;
    const { database } = this.#needs.platform;
    const log = this.#log.bind(this);
    return streamConnectors[settings.kind].open({
      settings,
      secrets,
      positioned,
      async onPositioned(lostMessages) {
        await notePositioned(database, streamId, lostMessages);
        if (lostMessages > 0) log({ event: 'lost', count: lostMessages });
      },
    });
  }

  async #readAll(reader: StreamReader): Promise<void> {
    const format = streamFormatOf(this.#task.settings, this.#needs.platform.config.timeZone);
    while (!this.#stopping) {
      if (this.#paused) {
        this.#activity = 'paused';
        await this.#pause.sleep(WAIT_MS);
        continue;
      }
      const messages = await reader.next(MESSAGES_A_BATCH, WAIT_MS);
      this.#activity = 'reading';
      if (messages.length === 0) this.#recover();
      else if (await this.#storeAll(messages, format)) await this.#commit(reader, messages);
    }
  }

  /** Records are stored by now; a position that could not be told is told with the next batch. */
  async #commit(reader: StreamReader, messages: readonly StreamMessage[]): Promise<void> {
    this.#done.messages += messages.length;
    this.#rate.add(messages.length);
    try {
      await reader.commit(messages);
      this.#recover();
    } catch (error) {
      this.#note(new Error(`the position could not be told to the broker: ${(error as Error).message}`));
    }
  }

  /** Whether all became durable; false when the stream is to stop before. */
  async #storeAll(messages: readonly StreamMessage[], format: StreamFormat): Promise<boolean> {
    const source = await this.#patiently(() => this.#enabledSource());
    if (!source) return false;
    const { clock, config } = this.#needs.platform;
    const stream = { streamId: this.#task.streamId, format, source };
    const context = { receivedAt: clock.now(), timeZone: config.timeZone };
    for (const gathered of gatherMessages(messages, stream, context)) {
      if (!(await this.#patiently(() => this.#store(gathered)))) return false;
    }
    return true;
  }

  async #store({ submission, bytes }: Gathered): Promise<true> {
    const outcome = await this.#needs.groups.submit(submission, bytes);
    for (const name of ['stored', 'duplicate', 'rejected'] as const) this.#done[name] += outcome[name];
    return true;
  }

  /**
   * Tries until it works: what cannot be stored now must not be passed over. Undefined when the stream is to stop.
   * Meanwhile nothing is read, and the heartbeats of the group go on.
   */
  async #patiently<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
    for (let failures = 0; !this.#stopping; failures++) {
      try {
        return await work();
      } catch (error) {
        this.#activity = 'waiting';
        this.#note(error);
        await this.#pause.sleep(Math.min(MAXIMUM_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** failures));
      }
    }
    return undefined;
  }

  async #enabledSource(): Promise<SourceSettings> {
    if (!this.#source || this.#source.until < performance.now()) {
      const { disabled } = await this.#needs.sources.read(this.#task.sourceId);
      const settings = await this.#needs.sources.settingsOf(this.#task.sourceId);
      this.#source = { settings, disabled, until: performance.now() + SOURCE_FRESH_MS };
    }
    if (this.#source.disabled) throw new Error('the source is disabled; enable it to go on');
    return this.#source.settings;
  }

  #note(error: unknown): void {
    const sentence = (error instanceof Error ? error.message : String(error)).slice(0, 500);
    if (sentence !== this.#error) {
      const { streamId } = this.#task;
      this.#needs.platform.log.warn({ stream: streamId, error: sentence }, 'a stream waits');
      this.#log({ event: 'failed', code: problemOf(sentence), text: sentence });
    }
    this.#error = sentence;
  }

  #recover(): void {
    if (this.#error !== undefined) this.#log({ event: 'recovered' });
    this.#error = undefined;
  }

  /** For people to read; a line that cannot be written holds nothing up. */
  #log(line: Omit<LogLine<StreamEvent>, 'at'>): void {
    const { database, clock } = this.#needs.platform;
    void streamLog.write(database, this.#task.streamId, { ...line, at: clock.now() }).catch(() => undefined);
  }

  #reportSoon(): void {
    this.#report ??= this.#tell()
      .catch(() => undefined)
      .finally(() => (this.#report = undefined));
  }

  async #tell(): Promise<void> {
    const reader = this.#reader;
    if (reader) this.#partitions = await reader.partitions().catch(() => this.#partitions);
    const done = this.#done;
    this.#done = { messages: 0, stored: 0, duplicate: 0, rejected: 0 };
    const { platform, processId } = this.#needs;
    try {
      await noteWork(
        platform.database,
        {
          stream_id: this.#task.streamId,
          process_id: processId,
          activity: this.#present,
          error: this.#error ?? null,
          partitions: reader ? this.#partitions : [],
          messages_per_second: this.#rate.perSecond(),
          seen_at: platform.clock.now(),
        },
        done,
      );
    } catch (error) {
      // Not told: with the next report then.
      for (const name of ['messages', 'stored', 'duplicate', 'rejected'] as const)
        this.#done[name] += done[name];
      throw error;
    }
  }
}
