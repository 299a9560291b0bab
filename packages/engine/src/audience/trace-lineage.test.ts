import { parseEql } from '@wutong/contract';
import { expect, it } from 'vitest';
import { traceLineage, type UseFacts } from './trace-lineage.ts';

it('details that a rule reaches over a relation are among what it is made of', () => {
  const details = new Set(['loan', 'holding']);
  const describe: UseFacts['describe'] = (kind, name) => ({
    kind: kind === 'detail' && !details.has(name) ? 'relation' : kind,
    title: name,
  });
  const dataOf = (text: string): string[] => {
    const row = { kind: 'segment', id: 'rich', name: 'rich', archived: false, people: null };
    const made = [{ ...row, waiting_since: null, document: parseEql(text).document }];
    const facts = { made, uses: [], unseen: new Set(), describe } as unknown as UseFacts;
    return traceLineage(facts, { data: true, language: 'en' }).edges.map(({ to }) => to);
  };
  expect(dataOf('person where sum(company.loan.amount) > 1')).toEqual(['relation:company', 'detail:loan']);
  expect(dataOf("person where any company.loan where (status = 'late')")).toEqual([
    'relation:company',
    'detail:loan',
  ]);
  expect(dataOf('person where sum(company.size) > 1')).toEqual(['relation:company']);
  expect(dataOf('person where sum(holding.amount) > 1')).toEqual(['detail:holding']);
});
