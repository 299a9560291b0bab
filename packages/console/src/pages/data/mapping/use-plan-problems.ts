import { useReader } from '../../../frame/reader.tsx';
import { problemsOf, type RecordPlan } from './record-plan.ts';

/** What is still missing, in sentences. */
export function usePlanProblems(plan: RecordPlan): string[] {
  const { mapping } = useReader().text.imports;
  return problemsOf(plan).map((problem) => {
    if (problem.code === 'part_missing') return mapping.problems.part_missing(mapping.parts[problem.part]);
    if (problem.code === 'field_twice') return mapping.problems.field_twice(problem.name);
    if (problem.code === 'date_order') return mapping.problems.date_order(problem.column);
    return mapping.problems[problem.code];
  });
}
