import { readFileSync } from 'node:fs';
import {
  formatEql,
  parseEql,
  type Condition,
  type EqlDocument,
  type StrategyDocument,
} from '@wutong/contract';
import { describe, expect, test } from 'vitest';
import {
  arityOf,
  comparisonNames,
  emptyValue,
  readComparison,
  withOperator,
  writeComparison,
} from '../src/eql/rule/comparison.ts';
import { completedRule } from '../src/eql/rule/completed.ts';
import { beginDraft, changeDraft, readText, redoDraft, undoDraft, writeRule } from '../src/eql/rule/draft.ts';
import { groupCondition, groupOf, rootGroup, withNot, withoutNot } from '../src/eql/rule/groups.ts';
import {
  measuredPath,
  noNames,
  person,
  relatedAt,
  relatedOf,
  type ExpressionNames,
} from '../src/eql/rule/names.ts';
import { followedBy, hasRelated, inSegment } from '../src/eql/rule/new-condition.ts';
import {
  readRelatedQuestion,
  withMeasure,
  writeRelatedQuestion,
  writeRelatedValue,
  type RelatedQuestion,
} from '../src/eql/rule/related-question.ts';
import { typeOf } from '../src/eql/rule/value-type.ts';
import { subjectAt } from '../src/eql/text-face/completion.ts';
import { madeOf, namesOfDraft } from '../src/pages/strategy/names-of-draft.ts';
import { previewQuestion } from '../src/pages/audience/tags/preview-question.ts';

const reference = readFileSync(new URL('../../../docs/eql.md', import.meta.url), 'utf8');

/** Every example of the reference: the fenced ones and those in tables. */
const examples = [
  ...[...reference.matchAll(/```eql\n([\s\S]*?)```/g)].map((match) => match[1]!.trim()),
  ...[...reference.matchAll(/\| `((?:person|company) where [^`]+)`/g)].map((match) => match[1]!),
];

/** Takes a condition apart as the builder does, and puts it together again. */
function rebuilt(condition: Condition): Condition {
  const group = groupOf(condition);
  if (group) {
    const items = group.items.map(rebuilt);
    // `not x` of a single condition stays as it is until something is added to it.
    if (condition.kind === 'not' && condition.item.kind !== 'or') return { kind: 'not', item: items[0]! };
    return groupCondition(group.kind, items);
  }
  const comparison = readComparison(condition);
  if (comparison) return writeComparison(comparison);
  const { negated, condition: plain } = withoutNot(condition);
  return withNot(plain, negated);
}

const read = (text: string): EqlDocument => {
  const { document, problem } = parseEql(text);
  if (!document) throw new Error(`${text}: ${problem.en}`);
  return document;
};

const whereOf = (text: string): Condition => (read(text) as { where: Condition }).where;

describe('a rule taken apart and put together again', () => {
  test('the reference has its examples', () => expect(examples.length).toBeGreaterThan(60));

  test.each(examples)('%s', (text) => {
    const document = read(text);
    if (document.kind !== 'population' || !document.where) return;
    expect(rebuilt(document.where)).toEqual(document.where);
    // What the builder writes is read as the same rule.
    expect(read(formatEql({ ...document, where: rebuilt(document.where) }))).toEqual(document);
  });

  test('every operator is written and read as itself', () => {
    for (const operator of comparisonNames) {
      const operand = { kind: 'number', value: 3 } as const;
      const comparison = withOperator(
        { value: { kind: 'attribute', path: ['aum'] }, operator: '=', operands: [operand, operand] },
        operator,
      );
      expect(readComparison(writeComparison(comparison))).toMatchObject({ operator });
      if (arityOf(operator) === 1) expect(comparison.operands).toEqual([operand]);
    }
  });

  test('the outermost rule is a group, also of one condition', () => {
    expect(rootGroup(undefined)).toMatchObject({ kind: 'all', items: [] });
    expect(rootGroup(inSegment('a'))).toMatchObject({ kind: 'all', items: [inSegment('a')] });
    expect(rootGroup(whereOf('person where not (aum > 1)'))).toMatchObject({ kind: 'none' });
    expect(rootGroup(whereOf('person where not did(event login)'))).toMatchObject({ kind: 'all' });
  });
});

describe('details of what stands at the far ends of a relation', () => {
  const field = (name: string, type: 'text' | 'number') => ({ name, title: name, type });
  const names: ExpressionNames = {
    ...noNames,
    entities: [{ name: 'company', title: '企业', fields: [field('size', 'number')] }],
    details: [
      {
        name: 'loan',
        title: '贷款',
        owner: 'company',
        fields: [{ ...field('amount', 'number'), unit: 'cny' }, field('status', 'text')],
        references: [],
      },
    ],
    relations: [
      {
        name: 'legal_representative',
        title: '法定代表人',
        reverseTitle: '法定代表人是',
        from: 'person',
        to: 'company',
        single: false,
      },
    ],
  };
  const questionOf = (text: string) => readRelatedQuestion(whereOf(`person where ${text}`))!;
  const choiceOf = (text: string) => relatedAt(names, person, questionOf(text).source);
  const textOf = (question: RelatedQuestion) =>
    formatEql({ kind: 'population', of: 'person', where: writeRelatedQuestion(question) });

  test.each([
    "any company.loan where (status = 'late')",
    "none company.loan via legal_representative where (status = 'late')",
    "sum(company.loan.amount via legal_representative where status = 'late') >= 5000000",
    'count(company.loan) > 2',
  ])('%s is shown as a question about loans, and kept', (text) => {
    const question = questionOf(text);
    expect(choiceOf(text)).toMatchObject({ name: 'company', subject: { kind: 'detail', type: 'loan' } });
    expect(choiceOf(text)!.title).toContain('贷款');
    expect(writeRelatedQuestion(question)).toEqual(whereOf(`person where ${text}`));
  });

  test('another measure is still of loans, and an amount has its unit', () => {
    const text = 'sum(company.loan.amount) > 1';
    const [question, choice] = [questionOf(text), choiceOf(text)];
    expect(measuredPath(choice, question.source)).toEqual(['amount']);
    expect(typeOf(names, person, writeRelatedValue(question))?.field?.unit).toBe('cny');
    const any = { ...question, ...withMeasure(question, 'any', choice) };
    expect(textOf(any)).toBe('person where\n  any company.loan');
    expect(textOf({ ...any, ...withMeasure(any, 'count', choice) })).toContain('count(company.loan) >= 1');
    const sized = questionOf('sum(company.size) > 1');
    expect(textOf({ ...sized, ...withMeasure(sized, 'any', relatedAt(names, person, sized.source)) })).toBe(
      'person where\n  any company',
    );
  });

  test('can be chosen, and completed in the text', () => {
    const [plain, loans] = relatedOf(names, person);
    expect(plain).not.toHaveProperty('details');
    expect(hasRelated(loans!)).toMatchObject({ source: { name: 'company', property: ['loan'] } });
    const tokens = ['person', 'where', 'any', 'company', '.', 'loan', 'where', '('];
    expect(subjectAt(tokens, names)).toEqual({ kind: 'detail', type: 'loan' });
  });
});

describe('unfinished conditions', () => {
  const unfinished = writeComparison({
    value: { kind: 'attribute', path: ['city'] },
    operator: '=',
    operands: [emptyValue],
  });

  test('are left out of what is counted, and places still lead to the edited rule', () => {
    const where = groupCondition('all', [
      unfinished,
      groupCondition('any', [unfinished]),
      groupCondition('none', [unfinished, inSegment('a')]),
    ]);
    const { document, placeOf, leftOut } = completedRule({ kind: 'population', of: 'person', where });
    expect(leftOut).toBe(3);
    expect(document).toEqual({
      kind: 'population',
      of: 'person',
      where: { kind: 'and', items: [{ kind: 'not', item: { kind: 'or', items: [inSegment('a')] } }] },
    });
    expect(placeOf.get('where.items[0].item.items[0]')).toBe('where.items[2].item.items[1]');
  });

  test('a sequence without an event and a sum without a property are unfinished', () => {
    for (const where of [
      followedBy('', 'login'),
      whereOf('person where sum(event trade.amount) > 1'),
    ] satisfies Condition[]) {
      if (where.kind === 'compare' && where.left.kind === 'aggregate') {
        delete (where.left.source as { property?: string }).property;
      }
      expect(completedRule({ kind: 'population', of: 'person', where }).leftOut).toBe(1);
    }
  });
});

describe('two faces', () => {
  test('the text stays as typed until the rule is edited, and comments above it stay then', () => {
    const text = '-- 高净值\nperson   where aum>5';
    const written = readText(text);
    expect(written.text).toBe(text);
    const edited = writeRule({ kind: 'population', of: 'person', where: inSegment('vips') }, written.text);
    expect(edited.text).toBe('-- 高净值\nperson where\n  in segment vips');
  });

  test('a text that cannot be read keeps its problem and loses no letter', () => {
    const written = readText('person where aum >');
    expect(written.document).toBeUndefined();
    expect(written.problem?.code).toBe('syntax');
    expect(written.text).toBe('person where aum >');
  });

  test('undo goes back over both faces; quick typing is one step', () => {
    let draft = beginDraft('person');
    draft = changeDraft(draft, readText('person w'), 'text', 1_000);
    draft = changeDraft(draft, readText('person where vip'), 'text', 1_300);
    draft = changeDraft(
      draft,
      writeRule({ kind: 'population', of: 'person', where: inSegment('a') }, ''),
      'rule',
      1_400,
    );
    const former = undoDraft(draft);
    expect(former.present.text).toBe('person where vip');
    expect(undoDraft(former).present.text).toBe('person');
    expect(redoDraft(former).present).toBe(draft.present);
    expect(undoDraft(undoDraft(undoDraft(former))).present.text).toBe('person');
  });
});

describe('what a draft of a strategy is made of', () => {
  test('the segments and tags that its rules name, and what these are made of', () => {
    const draft = {
      nodes: [
        {
          kind: 'entry',
          source: { type: 'audience', eql: 'person where in segment vips and aum > 1 and (not' },
        },
        {
          kind: 'entry',
          source: { type: 'audience', eql: 'person where entered(segment vips within last 7 days)' },
        },
        { kind: 'branch', branches: [{ eql: "person where tag level = 'A'" }, { eql: '' }] },
        { kind: 'end' },
      ],
    } as unknown as StrategyDocument;
    expect(namesOfDraft(draft).toSorted()).toEqual(['segment:vips', 'tag:level']);
    const node = (kind: 'segment' | 'tag', id: string) => ({
      key: `${kind}:${id}`,
      kind,
      id,
      name: id,
      archived: false,
    });
    const graph = {
      nodes: [
        node('segment', 'vips'),
        node('segment', 'base'),
        node('segment', 'other'),
        node('tag', 'level'),
      ],
      edges: [
        { from: 'segment:vips', to: 'segment:base' },
        { from: 'segment:other', to: 'segment:vips' },
      ],
      isComplete: true,
    };
    expect(madeOf(graph, ['segment:vips']).map(({ id }) => id)).toEqual(['vips', 'base']);
    expect(madeOf(graph, [])).toEqual([]);
  });
});

describe('the preview of a tag', () => {
  const classes = (text: string, valueType: string | undefined, people: readonly number[], total: number) =>
    previewQuestion(read(text), valueType)?.read((index) => people[index] ?? 0, total);

  test('tiers are told in their order, everybody else last', () => {
    const text = "tier { '高' when aum >= 10 '中' when aum >= 5 else '低' }";
    expect(classes(text, 'text', [3, 4], 20)).toEqual([
      { of: { kind: 'tier', label: '高' }, people: 3 },
      { of: { kind: 'tier', label: '中' }, people: 4 },
      { of: { kind: 'tier', label: '低' }, people: 13 },
    ]);
    expect(formatEql(previewQuestion(read(text), 'text')!.document)).toContain(
      '(aum >= 5 and not (aum >= 10))',
    );
  });

  test('numbers are told in steps without the empty ones at the ends', () => {
    // 10 have a value, 8 of at least 1, 5 of at least 2, 1 of at least 5, none of 10.
    expect(classes('count(event login)', 'number', [10, 8, 5, 1], 12)).toEqual([
      { of: { kind: 'below' }, people: 2 },
      { of: { kind: 'from', from: 1, to: 2 }, people: 3 },
      { of: { kind: 'from', from: 2, to: 5 }, people: 4 },
      { of: { kind: 'from', from: 5, to: 10 }, people: 1 },
      { of: { kind: 'none' }, people: 2 },
    ]);
  });

  test('times are told by how long ago', () => {
    expect(classes('last(event login.time)', 'instant', [9, 1, 4, 4, 6, 6, 6], 10)).toEqual([
      { of: { kind: 'days', from: 0, to: 1 }, people: 1 },
      { of: { kind: 'days', from: 1, to: 7 }, people: 3 },
      { of: { kind: 'days', from: 30, to: 90 }, people: 2 },
      { of: { kind: 'days', from: 365, to: undefined }, people: 3 },
      { of: { kind: 'none' }, people: 1 },
    ]);
  });
});
