/**
 * Makes one question of all that are asked at about the same time: each goes out with the next round trip that begins
 * after it was asked, so that an answer is never older than its question. While `atOnce` round trips are under way
 * the others wait, at most `most` to one. `ask` answers in the order of the questions; when it fails, all of that
 * round fail with its error.
 */
export function gatherQuestions<Question, Answer>(
  ask: (questions: readonly Question[]) => Promise<readonly Answer[]>,
  { atOnce, most }: { readonly atOnce: number; readonly most: number },
): (question: Question) => Promise<Answer> {
  interface Waiting {
    readonly question: Question;
    readonly resolve: (answer: Answer) => void;
    readonly reject: (error: unknown) => void;
  }
  const waiting: Waiting[] = [];
  let running = 0;
  let isDue = false;

  async function askNext(): Promise<void> {
    const round = waiting.splice(0, most);
    running++;
    try {
      const answers = await ask(round.map(({ question }) => question));
      round.forEach(({ resolve }, index) => resolve(answers[index]!));
    } catch (error) {
      for (const { reject } of round) reject(error);
    } finally {
      running--;
      start();
    }
  }

  function start(): void {
    while (waiting.length > 0 && running < atOnce) void askNext();
  }

  return (question) =>
    new Promise((resolve, reject) => {
      waiting.push({ question, resolve, reject });
      if (isDue) return;
      isDue = true;
      // After all that has arrived in this turn of the event loop.
      setImmediate(() => {
        isDue = false;
        start();
      });
    });
}
