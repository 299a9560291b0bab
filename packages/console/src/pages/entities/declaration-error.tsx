import type { ProblemError } from '../../api/problem-error.ts';
import { useText } from '../../frame/reader.tsx';
import { sentenceOf } from '../../parts/states.tsx';

/** Why a declaration was refused, with what the server names. */
export function DeclarationError({ error }: { error: ProblemError | null }) {
  const text = useText();
  if (!error) return null;
  const named = Object.values(error.problem.details ?? {}).filter((each) => typeof each === 'string');
  return (
    <p role="alert" style={{ color: 'var(--red)', marginTop: 12 }}>
      {sentenceOf(error, text)}
      {named.length > 0 && ` (${named.join(text.punctuation.comma)})`}
    </p>
  );
}
