import type { outputsApi } from '@wutong/contract';
import type { OutputView } from './output-store.ts';

const iso = (timeMs: number): string => new Date(timeMs).toISOString();

/** An output as the API shows it; of its secrets only the names. */
export function toOutput(row: OutputView, secretNames: readonly string[]): outputsApi.Output {
  return {
    outputId: row.output_id,
    name: row.name,
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
    ...(row.error === null ? {} : { error: row.error }),
    ...(row.next_at === null || row.state !== 'running' ? {} : { nextAt: iso(row.next_at) }),
    createdAt: iso(row.created_at),
    updatedAt: iso(row.updated_at),
  };
}
