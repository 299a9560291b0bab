import { eqlLimits, type Condition, type Value } from './document.ts';
import type { EqlProblemCode } from './problem.ts';
import { EqlTextError, textProblem, type Token } from './tokenize.ts';

/** Where in the text a node came from. */
export interface Span {
  readonly offset: number;
  readonly length: number;
}

/** An expression is a condition (true or false) or a value; which one is known once it is read. */
export type Parsed = { readonly is: 'condition'; node: Condition } | { readonly is: 'value'; node: Value };

/** Words that end or join clauses; a name spelt like one is written in backticks. */
export const reservedWords: ReadonlySet<string> = new Set(
  'and or not where within in is between then when else via by same true false any all none event on of segment missing present last next this today yesterday tomorrow since until'.split(
    ' ',
  ),
);

/** Reads tokens one after the other and remembers where nodes came from. */
export class Cursor {
  readonly spans = new Map<object, Span>();
  /** Inside the parentheses of a source, where `within` belongs to the source and not to a comparison. */
  sourceDepth = 0;
  private index = 0;
  private depth = 0;
  private readonly text: string;
  private readonly tokens: readonly Token[];

  constructor(text: string, tokens: readonly Token[]) {
    this.text = text;
    this.tokens = tokens;
  }

  peek(ahead = 0): Token {
    return this.tokens[Math.min(this.index + ahead, this.tokens.length - 1)]!;
  }

  next(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.index++;
    return token;
  }

  /** Whether the next token is this word or symbol, as an unquoted one. */
  sees(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return (token.kind === 'word' || token.kind === 'symbol') && token.text.toLowerCase() === text;
  }

  seesAny(texts: readonly string[], ahead = 0): boolean {
    return texts.some((text) => this.sees(text, ahead));
  }

  take(text: string): boolean {
    if (!this.sees(text)) return false;
    this.index++;
    return true;
  }

  expect(text: string): void {
    if (!this.take(text)) this.fail(`“${text}” is expected here.`, `此处应为“${text}”。`, text);
  }

  /** A name: a word that is not reserved, or anything in backticks. */
  name(en: string, zh: string): string {
    const token = this.peek();
    if (token.kind === 'quoted' || (token.kind === 'word' && !reservedWords.has(token.text.toLowerCase()))) {
      this.index++;
      return token.text;
    }
    return this.fail(`A name of ${en} is expected here.`, `此处应为${zh}的名称。`);
  }

  seesName(ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'quoted' || (token.kind === 'word' && !reservedWords.has(token.text.toLowerCase()));
  }

  number(): number {
    const token = this.peek();
    if (token.kind !== 'number') return this.fail('A number is expected here.', '此处应为数字。');
    this.index++;
    return Number(token.text);
  }

  wholeNumber(): number {
    const at = this.peek();
    const value = this.number();
    if (!Number.isInteger(value) || value < 1) {
      return this.failAt(at, 'syntax', 'A whole number from 1 is expected here.', '此处应为正整数。');
    }
    return value;
  }

  string(): string {
    const token = this.peek();
    if (token.kind !== 'text')
      return this.fail("A text in 'quotes' is expected here.", '此处应为带单引号的文本。');
    this.index++;
    return token.text;
  }

  /** Runs a rule one level deeper; refuses an expression that is too deep before the stack does. */
  deeper<Result>(rule: () => Result): Result {
    if (++this.depth > eqlLimits.depth) {
      this.failAt(
        this.peek(),
        'too_large',
        `The expression is nested deeper than ${eqlLimits.depth} levels; move a part of it into a segment.`,
        `表达式嵌套超过 ${eqlLimits.depth} 层；请把其中一部分另存为人群。`,
      );
    }
    const result = rule();
    this.depth--;
    return result;
  }

  /** Remembers that a node was read from `start` up to here. */
  mark<Node extends object>(start: Token, node: Node): Node {
    const last = this.tokens[this.index - 1] ?? start;
    this.spans.set(node, { offset: start.offset, length: last.offset + last.length - start.offset });
    return node;
  }

  fail(en: string, zh: string, suggestion?: string): never {
    return this.failAt(this.peek(), 'syntax', en, zh, suggestion);
  }

  failAt(at: Span, code: EqlProblemCode, en: string, zh: string, suggestion?: string): never {
    throw new EqlTextError(
      textProblem(this.text, at, { code, en, zh, ...(suggestion === undefined ? {} : { suggestion }) }),
    );
  }
}
