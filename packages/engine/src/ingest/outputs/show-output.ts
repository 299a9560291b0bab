import type { outputsApi } from '@wutong/contract';
import { deliveryProblem } from './name-problem.ts';
import type { OutputView } from './output-store.ts';

const iso = (timeMs: number): string => new Date(timeMs).toISOString();

function problemOf({ error, error_code, destination }: OutputView): { error?: string; code?: string } {
  if (error === null) return {};
  const code = error_code ?? deliveryProblem(destination.kind, error);
  return { error, ...(code === undefined ? {} : { code }) };
}

/** An output as the API shows it; of its secrets only the names. */
export function toOutput(row: OutputView, secretNames: readonly string[]): outputsApi.Output {
  return {
    outputId: row.output_id,
    name: row.name,
    ...(row.owner === null ? {} : { owner: row.owner }),
    selection: row.selection,
    destination: row.destination,
    schedule: row.schedule,
    openPersonalData: row.open_personal_data,
    secrets: [...secretNames],
    state: row.state,
    rows: row.rows_sent,
    slices: row.slice,
    dead: row.dead,
    attempts: row.attempts,
    ...problemOf(row),
    ...(row.last_at === null ? {} : { lastRun: { at: iso(row.last_at), rows: row.last_rows ?? 0 } }),
    ...(row.next_at === null || row.state !== 'running' ? {} : { nextAt: iso(row.next_at) }),
    createdAt: iso(row.created_at),
    updatedAt: iso(row.updated_at),
  };
}
