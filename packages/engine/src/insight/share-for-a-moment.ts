/** Real ms for which one answer serves all who ask; the consoles of a whole team then cost what one costs. */
const SHARED_MS = 1_000;
const ANSWERS_LIMIT = 1_000;

/**
 * Lets everybody who asks for the same `key` at the same time, or within a second, have one answer: live pages
 * ask every few seconds in each browser. Failures are not kept.
 */
export function shareForAMoment<Answer>(
  read: (key: string) => Promise<Answer>,
): (key: string) => Promise<Answer> {
  const answers = new Map<string, { answer: Promise<Answer>; readyAt: number }>();
  return (key) => {
    const known = answers.get(key);
    if (known && performance.now() - known.readyAt < SHARED_MS) return known.answer;
    if (answers.size >= ANSWERS_LIMIT) answers.clear();
    const shared = { answer: read(key), readyAt: Number.POSITIVE_INFINITY };
    answers.set(key, shared);
    shared.answer.then(
      () => (shared.readyAt = performance.now()),
      () => answers.delete(key),
    );
    return shared.answer;
  };
}
