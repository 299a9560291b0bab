import { errorDefinitions, type EqlProblem } from '@wutong/contract';
import { CodedError } from '../platform/index.ts';

/** Why something could not be computed. */
export interface ComputationProblem {
  readonly en: string;
  readonly zh: string;
}

const LONGEST = 500;

/** What an error says in both languages; what is wrong with an expression says so itself. */
export function problemOfError(error: unknown): ComputationProblem {
  if (error instanceof CodedError) {
    const problems = error.details?.['problems'] as readonly EqlProblem[] | undefined;
    const { zh } = errorDefinitions[error.code];
    return problems?.[0] ? shortened(problems[0]) : shortened({ en: error.message, zh });
  }
  const message = error instanceof Error ? error.message : String(error);
  return shortened({ en: message, zh: message });
}

function shortened({ en, zh }: ComputationProblem): ComputationProblem {
  return { en: en.slice(0, LONGEST), zh: zh.slice(0, LONGEST) };
}

/** A stored problem in a reader's language; those of before have English only. */
export function shownProblem(
  row: { readonly problem: string | null; readonly problem_zh: string | null },
  language: 'zh' | 'en',
): string | undefined {
  if (row.problem === null) return undefined;
  return language === 'zh' ? (row.problem_zh ?? row.problem) : row.problem;
}
