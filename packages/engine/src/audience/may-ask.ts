import type { Asker } from './asker.ts';
import type { Expression } from './front-door.ts';
import { prepareExpression, type Preparation } from './prepare-expression.ts';

/**
 * For each question, whether the asker may see everything that its expressions name. What nobody could ask, because a
 * name is gone, is no secret: it fails by itself.
 */
export function mayAsk(
  questions: readonly (readonly Expression[])[],
  against: Preparation,
  asker: Asker,
): boolean[] {
  if (asker.permissions.has('*')) return questions.map(() => true);
  const later = { ...asker, runsLater: true };
  const known = new Map<string, boolean>();
  const mayUse = (expression: Expression): boolean => {
    const key = JSON.stringify(expression);
    const allowed =
      known.get(key) ??
      (isSound(prepareExpression(expression, against, later)) ||
        !isSound(prepareExpression(expression, against)));
    known.set(key, allowed);
    return allowed;
  };
  return questions.map((expressions) => expressions.every(mayUse));
}

const isSound = (prepared: ReturnType<typeof prepareExpression>): boolean => !('problems' in prepared);
