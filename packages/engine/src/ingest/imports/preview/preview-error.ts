import type { importsApi } from '@wutong/contract';

export type PreviewProblem = (typeof importsApi.previewProblems)[number];

/** Why nothing of a file can be shown. */
export class PreviewError extends Error {
  constructor(
    readonly problem: PreviewProblem,
    reason: string = problem,
  ) {
    super(reason);
    this.name = 'PreviewError';
  }
}
