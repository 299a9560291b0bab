import { eqlDocumentSchema, isWithinEqlLimits, type EqlDocument } from './document.ts';
import { Cursor, type Span } from './cursor.ts';
import { parseCondition, parseValue } from './parse-expression.ts';
import { parseEventSource } from './parse-source.ts';
import { parseWindow, windowStarts } from './parse-window.ts';
import type { EqlProblem } from './problem.ts';
import { EqlTextError, tokenize } from './tokenize.ts';

export { positionOf, textProblem } from './tokenize.ts';
export type { Span } from './cursor.ts';

/** What parsing gives: the document and where each of its nodes stands in the text, or the first problem. */
export type ParsedEql =
  | {
      readonly document: EqlDocument;
      readonly spans: ReadonlyMap<object, Span>;
      readonly problem?: undefined;
    }
  | { readonly problem: EqlProblem; readonly document?: undefined };

/** Parses EQL text. Names are not resolved here: that is binding, and needs a catalogue. Never throws. */
export function parseEql(text: string): ParsedEql {
  try {
    const cursor = new Cursor(text, tokenize(text));
    const document = parseQuery(cursor);
    if (cursor.peek().kind !== 'end') refuseRest(cursor, document);
    if (!isWithinEqlLimits(document)) {
      cursor.failAt(
        { offset: 0, length: text.length },
        'too_large',
        'The expression is too large; move a part of it into a segment.',
        '表达式过大；请把其中一部分另存为人群。',
      );
    }
    refuseShape(cursor, document);
    return { document, spans: cursor.spans };
  } catch (error) {
    if (error instanceof EqlTextError) return { problem: error.problem };
    throw error;
  }
}

// What other languages say, and what is said here instead.
const FOREIGN_WORDS: Readonly<Record<string, string>> = {
  like: 'contains',
  exists: 'is present',
  null: 'missing',
  having: 'and',
};

/** Says what is wrong where an expression goes on that should have ended. */
function refuseRest(cursor: Cursor, document: EqlDocument): never {
  if (cursor.sees(',') && cursor.peek(1).kind === 'number') {
    cursor.fail('Numbers are written without commas.', '数字中不要写逗号。');
  }
  if (cursor.sees('in') && cursor.seesAny(windowStarts, 1)) {
    cursor.fail('A stretch of time begins with “within” here.', '此处的时间范围须以 within 开头。', 'within');
  }
  const isValue = document.kind === 'value';
  if (isValue && document.value.kind === 'attribute' && document.value.path[0] === 'person') {
    cursor.fail('“where” is expected here.', '此处应为 where。', `where ${cursor.peek().text}`);
  }
  if (
    isValue &&
    cursor.seesAny(['=', '!=', '<', '<=', '>', '>=', 'in', 'between', 'contains', 'is', 'and', 'or'])
  ) {
    cursor.failAt(
      { offset: 0, length: 1 },
      'syntax',
      'A rule begins with whom it is about: “person where …”.',
      '条件须从总体写起：“person where …”。',
      'person where …',
    );
  }
  cursor.fail(
    'The expression should end here.',
    '表达式应在此处结束。',
    FOREIGN_WORDS[cursor.peek().text.toLowerCase()],
  );
}

/**
 * The same upper bounds for text as for documents: what can be written can be saved and edited. What is still
 * empty is not refused here: a rule that is being drawn passes through text before it is whole.
 */
function refuseShape(cursor: Cursor, document: EqlDocument): void {
  const checked = eqlDocumentSchema.safeParse(document);
  const issue = checked.error?.issues.find(({ code }) => code !== 'too_small');
  if (!issue) return;
  let node: unknown = document;
  let at: Span | undefined = cursor.spans.get(document);
  for (const step of issue.path) {
    node = (node as Record<PropertyKey, unknown>)[step];
    if (typeof node !== 'object' || node === null) break;
    at = cursor.spans.get(node) ?? at;
  }
  const span = at ?? { offset: 0, length: 1 };
  if (issue.code === 'too_big') {
    const limit = String(issue.maximum);
    cursor.failAt(
      span,
      'too_large',
      `This part is beyond the limits of an expression: at most ${limit}.`,
      `此部分超出表达式的限制：最多 ${limit}。`,
    );
  }
  cursor.failAt(
    span,
    'syntax',
    'This part is not one that an expression can have.',
    '此部分不是表达式可以有的形式。',
  );
}

function parseQuery(cursor: Cursor): EqlDocument {
  const document = parseBody(cursor);
  if (cursor.sees('in') && cursor.sees('time', 1) && cursor.sees('zone', 2)) {
    for (let words = 0; words < 3; words++) cursor.next();
    if (cursor.take('of')) document.timeZoneOf = cursor.name('“person” or a relation', 'person 或关系');
    else document.timeZone = cursor.string();
  }
  return document;
}

function parseBody(cursor: Cursor): EqlDocument {
  if (cursor.sees('tier') && cursor.sees('{', 1)) return parseTier(cursor);
  if (cursor.sees('rfm') && cursor.sees('(', 1)) return parseRfm(cursor);
  const alone = cursor.peek(1).kind === 'end' || (cursor.sees('in', 1) && cursor.sees('time', 2));
  if (cursor.seesName() && (cursor.sees('where', 1) || (alone && cursor.sees('person')))) {
    const start = cursor.peek();
    const document: EqlDocument = { kind: 'population', of: cursor.name('a population', '总体') };
    if (cursor.take('where')) document.where = parseCondition(cursor);
    return cursor.mark(start, document);
  }
  const start = cursor.peek();
  return cursor.mark(start, { kind: 'value', value: parseValue(cursor) });
}

/** `tier { 'gold' when aum >= 500000 … else 'other' }` */
function parseTier(cursor: Cursor): EqlDocument {
  const start = cursor.next();
  cursor.expect('{');
  const tiers: { label: string; when: ReturnType<typeof parseCondition> }[] = [];
  while (cursor.peek().kind === 'text') {
    const label = cursor.string();
    cursor.expect('when');
    tiers.push({ label, when: parseCondition(cursor) });
    cursor.take(',');
  }
  if (tiers.length === 0)
    cursor.fail("A tier is expected here: 'name' when condition.", "此处应为分层：'名称' when 条件。");
  const otherwise = cursor.take('else') ? cursor.string() : undefined;
  cursor.expect('}');
  return cursor.mark(start, { kind: 'tier', tiers, ...(otherwise === undefined ? {} : { otherwise }) });
}

/** `rfm(event purchase, value amount, within last 365 days, buckets 5)` */
function parseRfm(cursor: Cursor): EqlDocument {
  const start = cursor.next();
  cursor.expect('(');
  const source = parseEventSource(cursor, parseCondition);
  let value: string | undefined;
  let buckets = 5;
  while (cursor.take(',')) {
    if (cursor.take('value')) value = cursor.name('a property', '事件属性');
    else if (cursor.take('buckets')) buckets = cursor.wholeNumber();
    else if (cursor.sees('within')) source.window = parseWindowClause(cursor);
    else
      cursor.fail('“value”, “within” or “buckets” is expected here.', '此处应为 value、within 或 buckets。');
  }
  cursor.expect(')');
  if (value === undefined)
    return cursor.failAt(
      start,
      'syntax',
      'Say which property is the money: “value amount”.',
      '请指明金额属性：value amount。',
      'value amount',
    );
  return cursor.mark(start, { kind: 'rfm', source, value, buckets });
}

function parseWindowClause(cursor: Cursor): NonNullable<ReturnType<typeof parseEventSource>['window']> {
  cursor.expect('within');
  return parseWindow(cursor);
}
