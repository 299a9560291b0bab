import { expect, it } from 'vitest';
import { gatherQuestions } from './gather-questions.ts';

/** Rounds of questions that are answered when the test says so, with what holds at that instant. */
function rounds(limits: { atOnce: number; most: number }): {
  ask: (question: number) => Promise<string>;
  open: { questions: readonly number[]; answer: () => void; fail: () => void }[];
} {
  const open: { questions: readonly number[]; answer: () => void; fail: () => void }[] = [];
  const ask = gatherQuestions<number, string>(
    (questions) =>
      new Promise((resolve, reject) =>
        open.push({
          questions,
          answer: () => resolve(questions.map((question) => `answer ${question}`)),
          fail: () => reject(new Error('away')),
        }),
      ),
    limits,
  );
  return { ask, open };
}

it('asks together what comes together, and answers each', async () => {
  const { ask, open } = rounds({ atOnce: 1, most: 10 });
  const answers = Promise.all([1, 2, 3].map(ask));
  await expect.poll(() => open.length).toBe(1);
  expect(open[0]!.questions).toEqual([1, 2, 3]);
  open[0]!.answer();
  expect(await answers).toEqual(['answer 1', 'answer 2', 'answer 3']);
});

it('never answers a question from a round trip that began before it', async () => {
  const { ask, open } = rounds({ atOnce: 1, most: 2 });
  const first = ask(1);
  await expect.poll(() => open.length).toBe(1);
  const later = Promise.all([1, 1, 2].map(ask));
  open[0]!.answer();
  await first;
  await expect.poll(() => open.length).toBe(2);
  expect(open[1]!.questions).toEqual([1, 1]);
  open[1]!.answer();
  await expect.poll(() => open.length).toBe(3);
  open[2]!.answer();
  expect(await later).toEqual(['answer 1', 'answer 1', 'answer 2']);
});

it('fails those of one round only', async () => {
  const { ask, open } = rounds({ atOnce: 2, most: 1 });
  const [bad, good] = [ask(1), ask(2)];
  const failed = expect(bad).rejects.toThrow('away');
  await expect.poll(() => open.length).toBe(2);
  open[0]!.fail();
  open[1]!.answer();
  await failed;
  expect(await good).toBe('answer 2');
});
