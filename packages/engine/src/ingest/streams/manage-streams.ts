import type { KafkaSecrets, ResponseOf, StreamSettings, streamsApi } from '@wutong/contract';
import { CodedError, type Platform } from '../../platform/index.ts';
import type { Sources } from '../manage-sources.ts';
import type { StreamConnector } from './connectors/stream-connector.ts';
import { streamConnectors } from './connectors/stream-connectors.ts';
import type { StreamFormat } from './formats/stream-format.ts';
import { streamFormatOf } from './formats/stream-formats.ts';
import { keptSecrets } from './keep-secrets.ts';
import { problemOf } from './name-problem.ts';
import { isUndescribed, previewMessages } from './preview-stream.ts';
import { streamLog, type StreamEvent } from './stream-log.ts';
import {
  changeState,
  changeStream,
  deleteStream,
  insertStream,
  selectStreams,
  selectWorkers,
  type StreamRow,
  type WorkerRow,
} from './stream-store.ts';
import { WORKER_LEASE_MS } from './supervise-streams.ts';

type Stream = streamsApi.Stream;

export interface NewStream {
  readonly streamId: string;
  readonly name: string;
  readonly sourceId: string;
  readonly settings: StreamSettings;
  readonly secrets: KafkaSecrets;
  readonly state: Stream['state'];
}

/** Settings that are tried; secrets that are not given are those of the stream, for the same brokers and user. */
export interface Trial {
  readonly settings: StreamSettings;
  readonly secrets: KafkaSecrets;
  readonly streamId?: string | undefined;
}

/** The streams that are read in, as people see and change them. */
export interface Streams {
  list(): Promise<Stream[]>;
  /** @throws CodedError stream_not_found */
  read(streamId: string): Promise<Stream>;
  /** @throws CodedError stream_exists, stream_settings_invalid, mapping_invalid, source_not_found */
  create(stream: NewStream, actor: string): Promise<Stream>;
  /** Secrets that are not named stay. @throws CodedError stream_not_found, stream_settings_invalid */
  update(
    streamId: string,
    change: {
      name?: string | undefined;
      settings?: StreamSettings | undefined;
      secrets?: KafkaSecrets | undefined;
    },
    actor: string,
  ): Promise<Stream>;
  setState(streamId: string, state: Stream['state'], actor: string): Promise<Stream>;
  remove(streamId: string, actor: string): Promise<void>;
  /** @throws CodedError stream_unreachable, stream_settings_invalid */
  look(trial: Trial): Promise<{ topic: string; partitions: number; messages: number }[]>;
  /** The newest messages and what would become of them; `open`: unmasked. @throws CodedError as `look` */
  preview(trial: Trial, open: boolean): Promise<ResponseOf<typeof streamsApi.previewStream>>;
  /** Newest first, below a line. @throws CodedError stream_not_found */
  log(
    streamId: string,
    before: number | undefined,
    limit: number,
  ): Promise<ResponseOf<typeof streamsApi.listStreamLog>>;
  /** By which the rejected messages of a stream are replayed; undefined when it is gone. */
  formatOf(streamId: string): Promise<StreamFormat | undefined>;
}

const SAMPLED_MESSAGES = 20;

export function createStreams(platform: Platform, sources: Sources): Streams {
  const { database, secrets, audit, clock, config } = platform;

  async function rowOf(streamId: string): Promise<StreamRow> {
    const [row] = await selectStreams(database, streamId);
    if (!row) throw new CodedError('stream_not_found', { details: { streamId } });
    return row;
  }

  async function view(rows: readonly StreamRow[]): Promise<Stream[]> {
    const lease = WORKER_LEASE_MS * Math.max(1, clock.rate);
    const workers = await selectWorkers(database, Math.floor(clock.now() - lease));
    return rows.map((row) => {
      const names = Object.keys(secretsOf(row));
      return toStream(
        row,
        names,
        workers.filter((worker) => worker.stream_id === row.stream_id),
      );
    });
  }

  const read = async (streamId: string): Promise<Stream> => (await view([await rowOf(streamId)]))[0]!;
  const record = (
    transaction: Parameters<typeof audit.record>[0],
    actor: string,
    verb: string,
    streamId: string,
    detail: Record<string, unknown> = {},
  ): Promise<void> =>
    audit.record(transaction, { actor, action: `stream.${verb}`, object: streamId, detail });
  const log = (
    transaction: Parameters<typeof audit.record>[0],
    actor: string,
    event: StreamEvent,
    streamId: string,
  ): Promise<void> => streamLog.write(transaction, streamId, { event, actor, at: clock.now() });
  const secretsOf = (row: StreamRow): KafkaSecrets =>
    JSON.parse(secrets.decrypt(row.secrets_box)) as KafkaSecrets;

  async function trying<Result>(
    { settings, secrets: given, streamId }: Trial,
    work: (connector: StreamConnector, all: KafkaSecrets) => Promise<Result>,
  ): Promise<Result> {
    const row = streamId === undefined ? undefined : await rowOf(streamId);
    const all = row ? keptSecrets(row.settings, secretsOf(row), settings, given) : given;
    try {
      return await work(streamConnectors[settings.kind], all);
    } catch (error) {
      const reason = (error as Error).message;
      throw new CodedError(problemOf(reason) ?? 'stream_unreachable', { details: { reason } });
    }
  }

  return {
    list: async () => view(await selectStreams(database)),
    read,
    async create(stream, actor) {
      checkSettings(stream.settings, config.timeZone);
      await sources.read(stream.sourceId);
      await database.transaction(async (transaction) => {
        const made = await insertStream(transaction, {
          stream_id: stream.streamId,
          name: stream.name,
          source_id: stream.sourceId,
          settings: stream.settings,
          secrets_box: secrets.encrypt(JSON.stringify(stream.secrets)),
          state: stream.state,
          created_at: clock.now(),
        });
        if (!made) throw new CodedError('stream_exists', { details: { streamId: stream.streamId } });
        const { topics, group, brokers } = stream.settings;
        await record(transaction, actor, 'create', stream.streamId, { topics, group, brokers });
        await log(transaction, actor, 'created', stream.streamId);
      });
      return read(stream.streamId);
    },
    async update(streamId, change, actor) {
      const row = await rowOf(streamId);
      const settings = change.settings ?? row.settings;
      checkSettings(settings, config.timeZone);
      const next = keptSecrets(row.settings, secretsOf(row), settings, change.secrets ?? {});
      await database.transaction(async (transaction) => {
        await changeStream(transaction, streamId, {
          name: change.name ?? row.name,
          settings,
          secretsBox: secrets.encrypt(JSON.stringify(next)),
          at: clock.now(),
        });
        await record(transaction, actor, 'update', streamId, { changed: Object.keys(change) });
        await log(transaction, actor, 'changed', streamId);
      });
      return read(streamId);
    },
    async setState(streamId, state, actor) {
      await database.transaction(async (transaction) => {
        if (!(await changeState(transaction, streamId, state, clock.now())))
          throw new CodedError('stream_not_found', { details: { streamId } });
        await record(transaction, actor, 'set_state', streamId, { state });
        await log(transaction, actor, state, streamId);
      });
      return read(streamId);
    },
    async remove(streamId, actor) {
      await database.transaction(async (transaction) => {
        if (!(await deleteStream(transaction, streamId)))
          throw new CodedError('stream_not_found', { details: { streamId } });
        await record(transaction, actor, 'delete', streamId);
      });
    },
    look: (trial) => trying(trial, (connector, all) => connector.look(trial.settings, all)),
    async preview(trial, open) {
      const { settings } = trial;
      if (!isUndescribed(settings)) checkSettings(settings, config.timeZone);
      const messages = await trying(trial, (connector, all) =>
        connector.sample(settings, all, SAMPLED_MESSAGES),
      );
      const format = isUndescribed(settings) ? undefined : streamFormatOf(settings, config.timeZone);
      return previewMessages(messages, { format, timeZone: config.timeZone, now: clock.now(), open });
    },
    async log(streamId, before, limit) {
      await rowOf(streamId);
      return streamLog.page(database, streamId, before, limit);
    },
    async formatOf(streamId) {
      const [row] = await selectStreams(database, streamId);
      return row && streamFormatOf(row.settings, config.timeZone);
    },
  };
}

/** What the schema cannot say. @throws CodedError stream_settings_invalid, mapping_invalid */
function checkSettings(settings: StreamSettings, timeZone: string): void {
  if (settings.mapping && settings.format !== 'json')
    throw new CodedError('stream_settings_invalid', { details: { mapping: 'only the format json has one' } });
  const lookup = JSON.stringify(settings.mapping?.records ?? []).includes('"lookup":');
  if (lookup)
    throw new CodedError('stream_settings_invalid', { details: { mapping: 'messages have no lookups' } });
  streamFormatOf(settings, timeZone);
}

function problemShown(error: string): { error: string; code?: string } {
  const code = problemOf(error);
  return { error, ...(code === undefined ? {} : { code }) };
}

const iso = (timeMs: number): string => new Date(timeMs).toISOString();

function toStream(row: StreamRow, secretNames: readonly string[], workers: readonly WorkerRow[]): Stream {
  const partitions = workers
    .flatMap((worker) => worker.partitions)
    .map((each) => ({ ...each, lag: Math.max(0, each.end - each.position) }))
    .sort((a, b) => (a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1));
  return {
    streamId: row.stream_id,
    name: row.name,
    sourceId: row.source_id,
    settings: row.settings,
    secrets: [...secretNames],
    state: row.state,
    messages: row.messages,
    stored: row.stored,
    duplicate: row.duplicate,
    rejected: row.rejected,
    lostMessages: row.lost_messages,
    ...(partitions.length > 0 ? { lag: partitions.reduce((sum, each) => sum + each.lag, 0) } : {}),
    messagesPerSecond: workers.reduce((sum, worker) => sum + worker.messages_per_second, 0),
    partitions,
    workers: workers.map((worker) => ({
      processId: worker.process_id,
      activity: worker.activity,
      partitions: worker.partitions.length,
      seenAt: iso(worker.seen_at),
      ...(worker.error === null ? {} : problemShown(worker.error)),
    })),
    createdAt: iso(row.created_at),
    updatedAt: iso(row.updated_at),
  };
}
