import { problemSchema, type Problem } from '@wutong/contract';

/** A refusal of the server, or its absence, as the console shows it. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail ?? problem.title);
    this.problem = problem;
  }

  get code(): string {
    return this.problem.code;
  }

  get status(): number {
    return this.problem.status;
  }
}

/** The code used when no answer came at all; it is the console's own, not one of the server's. */
export const NO_ANSWER = 'no_answer';

/** Reads a refusal; a body that is no problem document (a proxy's page, say) still becomes one. */
export async function problemOf(response: Response): Promise<ProblemError> {
  try {
    return new ProblemError(problemSchema.parse(await response.json()));
  } catch {
    return new ProblemError({
      type: 'about:blank',
      title: response.statusText || `HTTP ${response.status}`,
      status: response.status,
      code: 'unreadable_answer',
    });
  }
}

/** What the browser reports when the server cannot be reached. */
export function noAnswer(cause: unknown): ProblemError {
  return new ProblemError({
    type: 'about:blank',
    title: 'No answer',
    status: 0,
    code: NO_ANSWER,
    detail: cause instanceof Error ? cause.message : undefined,
  });
}
