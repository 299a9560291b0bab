import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  KafkaSecrets,
  OutputDestination,
  OutputSelection,
  outputsApi,
  ResponseOf,
} from '@wutong/contract';
import { allows, CodedError, type CallingUser } from '../../platform/index.ts';
import type { OutputSecrets } from './destinations/output-destination.ts';
import { keptSecrets } from './keep-secrets.ts';
import { deliveryProblem } from './name-problem.ts';
import { outputLog } from './output-log.ts';
import { selectOutputs, selectSliceFile } from './output-store.ts';
import { maySeeOutputs, visibleOutputs } from './right-to-output.ts';
import type { OutputParts } from './run-output.ts';
import type { OutputScope, OutputValue } from './subjects/output-subject.ts';

type Preview = ResponseOf<typeof outputsApi.previewOutput>;

/** What people look at and try before and after an output runs; nothing of it moves an output. */
export interface OutputLooks {
  /** Columns and some rows as they would leave. @throws CodedError output_settings_invalid, permission_denied */
  preview(selection: OutputSelection, open: boolean, user: CallingUser): Promise<Preview>;
  /** A delivery without data. @throws CodedError output_settings_invalid, output_not_found, address_not_allowed */
  test(trial: {
    destination: OutputDestination;
    secrets: KafkaSecrets;
    outputId?: string | undefined;
  }): Promise<ResponseOf<typeof outputsApi.checkOutput>>;
  /** The file of a portion. @throws CodedError output_not_found, output_file_missing, permission_denied */
  file(
    outputId: string,
    slice: number,
    user: CallingUser,
  ): Promise<{ name: string; bytes: number; content: NodeJS.ReadableStream }>;
}

const PREVIEW_ROWS = 8;
const CELL_CHARACTERS = 500;

export function createOutputLooks(parts: OutputParts, directory: string): OutputLooks {
  const { database, secrets, audit, clock } = parts.needs.platform;

  /** Whoever sees personal data needs the right, and leaves a line in the audit. */
  async function openFor(user: CallingUser, object: string): Promise<void> {
    if (!allows(user.permissions, 'pii.open'))
      throw new CodedError('permission_denied', { details: { permission: 'pii.open' } });
    await database.transaction((transaction) =>
      audit.record(transaction, { actor: user.userId, action: 'pii.open', object }),
    );
  }

  async function secretsFor(
    outputId: string | undefined,
    destination: OutputDestination,
    given: KafkaSecrets,
  ): Promise<OutputSecrets> {
    if (outputId === undefined) return given;
    const [row] = await selectOutputs(database, outputId);
    if (!row) throw new CodedError('output_not_found', { details: { outputId } });
    const kept = JSON.parse(secrets.decrypt(row.secrets_box)) as OutputSecrets;
    return keptSecrets(row.destination, kept, destination, given);
  }

  return {
    async preview(selection, open, user) {
      const subject = parts.subjects[selection.subject];
      await subject.check(selection, user);
      if (open) await openFor(user, `preview of an output of ${selection.subject}`);
      const scope: OutputScope = { outputId: 'preview', selection, open, cursor: {} };
      const columns = [{ name: 'id', personal: false }, ...(await subject.columns(scope))];
      const plan = await subject.sample(scope, PREVIEW_ROWS);
      const rows: Preview['rows'] = [];
      if (plan) {
        for await (const block of subject.rows(scope, plan)) {
          for (const { id, values } of block)
            rows.push(columns.map(({ name }) => (name === 'id' ? id : cellOf(values[name]))));
          if (rows.length >= PREVIEW_ROWS) break;
        }
      }
      return { columns, rows: rows.slice(0, PREVIEW_ROWS) };
    },
    async test({ destination, secrets: given, outputId }) {
      const to = parts.destinations[destination.kind];
      await to.check(destination);
      const all = await secretsFor(outputId, destination, given);
      const started = performance.now();
      const took = (): number => performance.now() - started;
      try {
        await to.test(destination, all, outputId ?? 'test');
        return { ok: true, tookMs: took() };
      } catch (error) {
        const message = (error as Error).message.slice(0, 500);
        const code = deliveryProblem(destination.kind, message);
        return { ok: false, tookMs: took(), message, ...(code === undefined ? {} : { code }) };
      }
    },
    async file(outputId, slice, user) {
      const [row] = await visibleOutputs(parts.needs, await selectOutputs(database, outputId), user);
      if (!row) throw new CodedError('output_not_found', { details: { outputId } });
      // What an owner has lost the right to is in the files too.
      if (!(await maySeeOutputs(parts.needs, [row], user))[0])
        throw new CodedError('owner_lost_right', { details: { owner: user.name } });
      const file = await selectSliceFile(database, outputId, slice);
      const path = file === undefined ? undefined : join(directory, file);
      const found = path === undefined ? undefined : await stat(path).catch(() => undefined);
      if (path === undefined || found === undefined)
        throw new CodedError('output_file_missing', { details: { outputId, slice } });
      if (row.open_personal_data) await openFor(user, `file ${file} of output ${outputId}`);
      await database.transaction(async (transaction) => {
        const detail = { slice, file };
        await audit.record(transaction, {
          actor: user.userId,
          action: 'output.download',
          object: outputId,
          detail,
        });
        await outputLog.write(transaction, outputId, {
          event: 'downloaded',
          at: clock.now(),
          actor: user.name,
          text: file,
        });
      });
      return { name: path.split('/').at(-1)!, bytes: found.size, content: createReadStream(path) };
    },
  };
}

function cellOf(value: OutputValue | undefined): string | null {
  if (value === undefined || value === null) return null;
  const text = Array.isArray(value)
    ? value.join(';')
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value as string | number | boolean);
  return text.slice(0, CELL_CHARACTERS);
}
