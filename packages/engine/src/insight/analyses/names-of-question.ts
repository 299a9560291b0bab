import type { Analysis, TrendRequest } from '@wutong/contract';

/** EQL of everything that a question names: whom it is about, groups of people, and tags it tells people apart by. */
export function namesOfQuestion(analysis: Analysis | TrendRequest): { text: string }[] {
  const texts = analysis.people === undefined ? [] : [analysis.people];
  const breakdown = 'breakdown' in analysis ? analysis.breakdown : undefined;
  if (breakdown?.by.kind === 'people') texts.push(...breakdown.by.groups.map((group) => group.people));
  for (const dimension of 'dimensions' in analysis ? analysis.dimensions : []) {
    if (dimension.kind === 'tag') texts.push(`tag \`${dimension.tag}\``);
  }
  return [...new Set(texts)].map((text) => ({ text }));
}
