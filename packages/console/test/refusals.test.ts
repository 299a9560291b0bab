import { errorDefinitions } from '@wutong/contract';
import { describe, expect, test } from 'vitest';
import { ProblemError } from '../src/api/problem-error.ts';
import { newAlert } from '../src/pages/insight/alerts/alert-draft.ts';
import { plainSentence } from '../src/parts/plain-sentence.ts';
import { sentenceOf } from '../src/parts/states.tsx';
import { en } from '../src/text/en.ts';
import { zh } from '../src/text/zh.ts';

const refusal = (code: keyof typeof errorDefinitions, more: object) =>
  new ProblemError({ type: '', title: code, status: 400, code, detail: errorDefinitions[code].zh, ...more });

describe('what is refused is said to people', () => {
  test('a request that does not fit, by its causes instead of a field of the answer', () => {
    const problems = [{ path: 'body.name', message: '太短' }];
    expect(sentenceOf(refusal('invalid_request', { problems }), zh)).toBe(
      '填写的内容有不符合要求之处，请修改后重试。 name: 太短',
    );
  });

  test('the SQL of a tag, in the language of the reader', () => {
    const problems = [{ path: '', message: '', en: 'no statement', zh: '没有语句' }];
    const error = refusal('tag_sql_refused', { problems });
    expect(sentenceOf(error, zh)).toBe('SQL 未通过检查，请修改后重试。 没有语句');
    expect(sentenceOf(error, en)).toBe('The SQL was refused; change it and try again. no statement');
  });

  test('what a sentence points to in its details, after it', () => {
    const error = refusal('type_not_declared', { details: { type: 'policy' } });
    expect(sentenceOf(error, zh)).toBe('说明中的类型尚未定义；请先在“实体与关系”中定义。说明：policy');
    expect(plainSentence(errorDefinitions.not_in_plan.zh, zh)).not.toContain('说明');
    expect(plainSentence(errorDefinitions.not_in_plan.en, en)).not.toContain('the note');
  });

  test.each(Object.entries(errorDefinitions))('%s without backticks and details', (_code, sentences) => {
    const details = { reason: '依据' };
    expect(plainSentence(sentences.zh, zh, details)).not.toMatch(/`|details/);
    expect(plainSentence(sentences.en, en, details)).not.toMatch(/`/);
  });
});

test('a new alert can be raised by any number', () => {
  const { condition, analysis } = newAlert({ events: [] } as never, 'zh');
  expect(condition).toEqual({ kind: 'change', direction: 'either', percent: 20 });
  expect(analysis.period).toEqual({ lastDays: 1 });
});
