import { errorDefinitions, type ErrorCode, type linkingApi } from '@wutong/contract';
import type { OutcomeCounts, RunRow } from './run-store.ts';

/** A run as the API shows it. */
export function showRun(
  row: RunRow,
  counts: OutcomeCounts | undefined,
  language: 'zh' | 'en',
): linkingApi.LinkingRun {
  const { findings } = row;
  const isActedOn = row.together !== null || (counts && counts.linked + counts.withdrawn + counts.queued > 0);
  return {
    runId: row.run_id,
    name: row.settings.name,
    state: row.state,
    ...(row.step === null ? {} : { step: row.step }),
    // Runs that were made before the rule could be chosen have none.
    settings: {
      ...row.settings,
      oneMatch: row.settings.oneMatch ?? 'auto',
      linkAbove: row.link_above,
      reviewAbove: row.review_above,
    },
    startedBy: row.started_by,
    startedAt: new Date(row.started_at).toISOString(),
    ...(row.finished_at === null ? {} : { finishedAt: new Date(row.finished_at).toISOString() }),
    ...(row.seconds === null ? {} : { seconds: row.seconds }),
    attempts: row.attempts,
    ...(findings
      ? {
          records: findings.records,
          candidates: findings.candidates,
          atLink: findings.atLink,
          atReview: findings.atReview,
          ...(row.settings.tables.length > 1 && findings.hasOneMatch !== undefined
            ? { hasOneMatch: findings.hasOneMatch }
            : {}),
        }
      : {}),
    hasPairs: row.pairs_until !== null && row.state !== 'withdrawn',
    ...(isActedOn && counts ? { outcome: { ...counts, together: row.together ?? 0 } } : {}),
    ...(row.error_code === null
      ? {}
      : { error: { code: row.error_code, message: sentence(row.error_code, row.error_reason, language) } }),
  };
}

function sentence(code: string, reason: string | null, language: 'zh' | 'en'): string {
  const said = errorDefinitions[code as ErrorCode]?.[language] ?? code;
  return reason ? `${said} (${reason})` : said;
}
