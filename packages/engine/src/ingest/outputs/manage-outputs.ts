import type {
  OutputDestination,
  outputsApi,
  OutputSchedule,
  OutputSelection,
  KafkaSecrets,
  ResponseOf,
} from '@wutong/contract';
import { allows, CodedError, type CallingUser } from '../../platform/index.ts';
import type { AddressPolicy } from './destinations/guard-address.ts';
import { DeliveryError, type OutputSecrets } from './destinations/output-destination.ts';
import { newSigningSecret, postWebhook } from './destinations/webhook.ts';
import { keptSecrets } from './keep-secrets.ts';
import { nextRunAt } from './next-run.ts';
import { outputLog, type OutputEvent } from './output-log.ts';
import {
  changeOutput,
  changeOutputState,
  deleteDead,
  deleteOutput,
  insertOutput,
  makeDue,
  selectDead,
  selectOutputs,
  selectSlices,
  setOutputOwner,
  type DeadRow,
  type OutputView,
  type SliceRow,
} from './output-store.ts';
import { nextOwnerOf, visibleOutputs } from './right-to-output.ts';
import type { OutputParts } from './run-output.ts';
import { toOutput } from './show-output.ts';
import type { RowValues } from './subjects/output-subject.ts';

type Output = outputsApi.Output;

export interface NewOutput {
  readonly outputId: string;
  readonly name: string;
  readonly selection: OutputSelection;
  readonly destination: OutputDestination;
  readonly schedule: OutputSchedule;
  readonly openPersonalData: boolean;
  readonly secrets: KafkaSecrets;
}

export interface OutputChange {
  readonly name?: string | undefined;
  readonly destination?: OutputDestination | undefined;
  readonly schedule?: OutputSchedule | undefined;
  readonly secrets?: KafkaSecrets | undefined;
}

/** A page of lines or portions below one. */
export interface LinePage {
  readonly before: number | undefined;
  readonly limit: number;
}

/** Outputs as people see and change them. All that change are audited. */
export interface OutputBook {
  /** The user's own, and those that name nothing that is not shared with the user; others are not found. */
  list(user: CallingUser): Promise<Output[]>;
  /** @throws CodedError output_not_found */
  read(outputId: string, user: CallingUser): Promise<Output>;
  /** @throws CodedError output_exists, output_settings_invalid, address_not_allowed, permission_denied */
  create(output: NewOutput, user: CallingUser): Promise<{ output: Output; signingSecret?: string }>;
  update(outputId: string, change: OutputChange, user: CallingUser): Promise<Output>;
  setState(outputId: string, state: 'running' | 'paused', user: CallingUser): Promise<Output>;
  /** @throws CodedError output_not_found, user_unknown, not_owner, owner_lost_right */
  handOver(outputId: string, owner: string, user: CallingUser): Promise<Output>;
  runNow(outputId: string, user: CallingUser): Promise<Output>;
  remove(outputId: string, user: CallingUser): Promise<void>;
  slices(outputId: string, page: LinePage, user: CallingUser): Promise<SliceRow[]>;
  dead(outputId: string, user: CallingUser): Promise<DeadRow[]>;
  /** Sends given-up deliveries again under their old ids. */
  replayDead(
    outputId: string,
    deadIds: readonly string[] | undefined,
    user: CallingUser,
  ): Promise<{ delivered: number; failed: number }>;
  /** Newest first, below a line. */
  log(
    outputId: string,
    page: LinePage,
    user: CallingUser,
  ): Promise<ResponseOf<typeof outputsApi.listOutputLog>>;
  readPolicy(): Promise<AddressPolicy>;
  savePolicy(policy: AddressPolicy, user: CallingUser): Promise<AddressPolicy>;
}

const POLICY_SETTING = 'outputs.policy';
const DEAD_A_PAGE = 500;
const DEAD_A_REPLAY = 100;

export function createOutputBook(parts: OutputParts, readPolicy: () => Promise<AddressPolicy>): OutputBook {
  const { platform } = parts.needs;
  const { database, secrets, audit, clock, config } = platform;

  const visible = (rows: readonly OutputView[], user: CallingUser): Promise<OutputView[]> =>
    visibleOutputs(parts.needs, rows, user);

  async function viewOf(outputId: string, user: CallingUser): Promise<OutputView> {
    const [row] = await visible(await selectOutputs(database, outputId), user);
    if (!row) throw new CodedError('output_not_found', { details: { outputId } });
    return row;
  }
  const secretsOf = (row: OutputView): OutputSecrets =>
    JSON.parse(secrets.decrypt(row.secrets_box)) as OutputSecrets;
  const show = (row: OutputView): Output => toOutput(row, Object.keys(secretsOf(row)));
  const read = async (outputId: string, user: CallingUser): Promise<Output> =>
    show(await viewOf(outputId, user));
  const record = (
    transaction: Parameters<typeof audit.record>[0],
    user: CallingUser,
    verb: string,
    object: string,
    detail: Record<string, unknown> = {},
  ): Promise<void> =>
    audit.record(transaction, { actor: user.userId, action: `output.${verb}`, object, detail });
  const log = (
    transaction: Parameters<typeof audit.record>[0],
    { name }: CallingUser,
    event: OutputEvent,
    outputId: string,
    count?: number,
  ): Promise<void> =>
    outputLog.write(transaction, outputId, {
      event,
      actor: name,
      at: clock.now(),
      ...(count === undefined ? {} : { count }),
    });

  return {
    list: async (user) => (await visible(await selectOutputs(database), user)).map(show),
    read,
    async create(output, user) {
      if (output.openPersonalData && !allows(user.permissions, 'pii.open'))
        throw new CodedError('permission_denied', { details: { permission: 'pii.open' } });
      await parts.destinations[output.destination.kind].check(output.destination);
      const subject = parts.subjects[output.selection.subject];
      await subject.check(output.selection, user);
      refuseEmpty(output);
      const isWebhook = output.destination.kind === 'webhook';
      const signingSecret = isWebhook ? newSigningSecret() : undefined;
      const now = clock.now();
      await database.transaction(async (transaction) => {
        const cursor = await subject.begin(transaction, output.selection, now);
        const made = await insertOutput(transaction, {
          output_id: output.outputId,
          name: output.name,
          owner: user.userId,
          selection: output.selection,
          destination: output.destination,
          schedule: output.schedule,
          open_personal_data: output.openPersonalData,
          secrets_box: secrets.encrypt(JSON.stringify({ ...output.secrets, signingSecret })),
          cursor,
          now,
          next_at: nextRunAt(output.schedule, now, config.timeZone, true) ?? now,
        });
        if (!made) throw new CodedError('output_exists', { details: { outputId: output.outputId } });
        const { subject: what } = output.selection;
        const detail = { subject: what, to: placeOf(output.destination), open: output.openPersonalData };
        await record(transaction, user, 'create', output.outputId, detail);
        await log(transaction, user, 'created', output.outputId);
      });
      return { output: await read(output.outputId, user), ...(signingSecret ? { signingSecret } : {}) };
    },
    async update(outputId, change, user) {
      const row = await viewOf(outputId, user);
      // Where personal data goes in the clear is for those who may see it so.
      if (row.open_personal_data && !allows(user.permissions, 'pii.open'))
        throw new CodedError('permission_denied', { details: { permission: 'pii.open' } });
      const destination = change.destination ?? row.destination;
      if (destination.kind !== row.destination.kind)
        throw new CodedError('output_settings_invalid', {
          details: { destination: 'its kind cannot change' },
        });
      await parts.destinations[destination.kind].check(destination);
      const schedule = change.schedule ?? row.schedule;
      const kept = keptSecrets(row.destination, secretsOf(row), destination, change.secrets ?? {});
      await database.transaction(async (transaction) => {
        const now = clock.now();
        await changeOutput(transaction, outputId, {
          name: change.name ?? row.name,
          destination,
          schedule,
          secrets_box: secrets.encrypt(JSON.stringify(kept)),
          next_at: nextRunAt(schedule, now, config.timeZone, true) ?? now,
          now,
        });
        const detail = { changed: Object.keys(change), to: placeOf(destination) };
        await record(transaction, user, 'update', outputId, detail);
        await log(transaction, user, 'changed', outputId);
      });
      return read(outputId, user);
    },
    async handOver(outputId, owner, user) {
      const row = await viewOf(outputId, user);
      const next = await nextOwnerOf(parts.needs, row, owner, user);
      await database.transaction(async (transaction) => {
        await setOutputOwner(transaction, outputId, next.userId, clock.now());
        await record(transaction, user, 'hand_over', outputId, { from: row.owner, to: next.userId });
        await log(transaction, user, 'handed_over', outputId);
      });
      return read(outputId, user);
    },
    async setState(outputId, state, user) {
      await viewOf(outputId, user);
      await database.transaction(async (transaction) => {
        if (!(await changeOutputState(transaction, outputId, state, clock.now())))
          throw new CodedError('output_not_found', { details: { outputId } });
        await record(transaction, user, 'set_state', outputId, { state });
        await log(transaction, user, state, outputId);
      });
      return read(outputId, user);
    },
    async runNow(outputId, user) {
      const row = await viewOf(outputId, user);
      const cursor = parts.subjects[row.selection.subject].beginRun?.(row.cursor) ?? row.cursor;
      await database.transaction(async (transaction) => {
        await makeDue(transaction, outputId, cursor, clock.now());
        await record(transaction, user, 'run', outputId);
        await log(transaction, user, 'requested', outputId);
      });
      return read(outputId, user);
    },
    async remove(outputId, user) {
      await viewOf(outputId, user);
      await database.transaction(async (transaction) => {
        if (!(await deleteOutput(transaction, outputId)))
          throw new CodedError('output_not_found', { details: { outputId } });
        await record(transaction, user, 'delete', outputId);
      });
    },
    async slices(outputId, { before, limit }, user) {
      await viewOf(outputId, user);
      return selectSlices(database, outputId, before, limit);
    },
    async dead(outputId, user) {
      await viewOf(outputId, user);
      return selectDead(database, outputId, undefined, DEAD_A_PAGE);
    },
    async replayDead(outputId, deadIds, user) {
      const row = await viewOf(outputId, user);
      if (row.destination.kind !== 'webhook') return { delivered: 0, failed: 0 };
      const { signingSecret } = secretsOf(row);
      const outcome = { delivered: 0, failed: 0 };
      const masked = row.open_personal_data ? undefined : await maskedBy(parts, row);
      for (const dead of await selectDead(database, outputId, deadIds, DEAD_A_REPLAY)) {
        const kept = secrets.decrypt(dead.body_box);
        const body = { deliveryId: dead.delivery_id, body: masked ? masked(kept) : kept };
        try {
          await postWebhook(row.destination, signingSecret ?? '', body, await readPolicy());
          await deleteDead(database, dead.dead_id);
          outcome.delivered++;
        } catch (error) {
          if (!(error instanceof DeliveryError)) throw error;
          outcome.failed++;
          // A receiver that does not answer would hold the request for minutes.
          if (error.kind === 'failed') break;
        }
      }
      await database.transaction(async (transaction) => {
        await record(transaction, user, 'replay_dead', outputId, outcome);
        await log(transaction, user, 'replayed', outputId, outcome.delivered);
      });
      return outcome;
    },
    async log(outputId, { before, limit }, user) {
      await viewOf(outputId, user);
      return outputLog.page(database, outputId, before, limit);
    },
    readPolicy,
    async savePolicy(policy, user) {
      await database.transaction(async (transaction) => {
        await platform.settings.set(transaction, POLICY_SETTING, policy);
        await record(transaction, user, 'policy', 'output-policy', { ...policy });
      });
      return policy;
    },
  };
}

/** What was set aside was masked as things stood then: what has become personal since does not leave either. */
async function maskedBy({ subjects }: OutputParts, row: OutputView): Promise<(body: string) => string> {
  const { output_id: outputId, selection, cursor } = row;
  const mask = await subjects[selection.subject].masked?.({ outputId, selection, open: false, cursor });
  return (text) => {
    if (!mask) return text;
    const body = JSON.parse(text) as { rows: RowValues[] };
    return JSON.stringify({ ...body, rows: body.rows.map(mask) });
  };
}

/** Reads which private addresses webhooks may call. */
export function policyReader(
  settings: OutputParts['needs']['platform']['settings'],
): () => Promise<AddressPolicy> {
  return async () => (await settings.get<AddressPolicy>(POLICY_SETTING)) ?? { privateHosts: [] };
}

/** Once, and from now on: nothing would ever leave. */
function refuseEmpty({ selection, schedule }: NewOutput): void {
  if (schedule.kind === 'once' && 'startAt' in selection && selection.startAt === 'now')
    throw new CodedError('output_settings_invalid', {
      details: { startAt: 'an output that runs once sends what is there: begin at the beginning' },
    });
}

function placeOf(destination: OutputDestination): string {
  switch (destination.kind) {
    case 'files':
      return `files ${destination.folder}`;
    case 'webhook':
      return `webhook ${new URL(destination.url).host}`;
    case 'kafka':
      return `kafka ${destination.topic}`;
  }
}
