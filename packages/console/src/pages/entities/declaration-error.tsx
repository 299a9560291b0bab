import type { ProblemError } from '../../api/problem-error.ts';
import { useText } from '../../frame/reader.tsx';
import { FormProblem } from '../../parts/form-problem.tsx';

/** Why a declaration was refused, with what the server names. */
export function DeclarationError({ error }: { error: ProblemError | null }) {
  const text = useText();
  const named = Object.values(error?.problem.details ?? {}).filter((each) => typeof each === 'string');
  return <FormProblem error={error} because={named.join(text.punctuation.comma)} />;
}
