import { useReader } from '../../../frame/reader.tsx';
import { ProblemError } from '../../../api/problem-error.ts';
import { ProblemLine } from '../../../parts/form-problem.tsx';
import { sentenceOf } from '../../../parts/states.tsx';

/** Why a trial or a save did not work: our sentence, and the words of the other side below it. */
export function TrialFailure({ error }: { error: unknown }) {
  const { text } = useReader();
  const details: Record<string, unknown> = error instanceof ProblemError ? (error.problem.details ?? {}) : {};
  const said = Object.values(details).filter((each) => typeof each === 'string');
  const causes = error instanceof ProblemError ? (error.problem.problems ?? []) : [];
  return (
    <ProblemLine>
      {sentenceOf(error, text)}
      {said.map((each) => (
        <div key={each} className="faint mono" style={{ overflowWrap: 'anywhere' }}>
          {each}
        </div>
      ))}
      {causes.map(({ path, message }) => (
        <div key={`${path} ${message}`} className="faint">
          {path}: {message}
        </div>
      ))}
    </ProblemLine>
  );
}
