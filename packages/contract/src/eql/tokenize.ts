import { eqlLimits } from './document.ts';
import type { EqlPosition, EqlProblem, EqlProblemCode } from './problem.ts';

/** A piece of EQL text. `text` is what it stands for: a string without its quotes, a word as written. */
export interface Token {
  readonly kind: 'word' | 'quoted' | 'text' | 'number' | 'clock' | 'parameter' | 'symbol' | 'end';
  readonly text: string;
  readonly offset: number;
  readonly length: number;
}

/** Stops the parser at the first problem. */
export class EqlTextError extends Error {
  readonly problem: EqlProblem;
  constructor(problem: EqlProblem) {
    super(problem.en);
    this.problem = problem;
  }
}

/** Position of a stretch of text, with line and column from 1. */
export function positionOf(text: string, offset: number, length: number): EqlPosition {
  const before = text.slice(0, offset).split('\n');
  return { offset, length, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** A problem at a stretch of text. */
export function textProblem(
  text: string,
  at: { offset: number; length: number },
  problem: { code: EqlProblemCode; en: string; zh: string; suggestion?: string },
): EqlProblem {
  return { ...problem, position: positionOf(text, at.offset, at.length) };
}

// Signs as other languages have them read as its counterpart here.
const SYMBOLS: Readonly<Record<string, string>> = {
  '≥': '>=',
  '≤': '<=',
  '≠': '!=',
  '==': '=',
  '<>': '!=',
};

const CHINESE_MULTIPLES: Readonly<Record<string, number>> = { 万: 1e4, 亿: 1e8 };

const PATTERNS: readonly { kind: Token['kind'] | 'space'; pattern: RegExp }[] = [
  { kind: 'space', pattern: /(?:\s|--[^\n]*)+/uy },
  { kind: 'clock', pattern: /\d{1,2}:\d{2}(?!\d)/uy },
  { kind: 'number', pattern: /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?[万亿%]?/uy },
  { kind: 'parameter', pattern: /\$[\p{L}_][\p{L}\p{N}_]*/uy },
  { kind: 'word', pattern: /[\p{L}_][\p{L}\p{N}_]*/uy },
  { kind: 'text', pattern: /'(?:[^']|'')*'|"[^"]*"|“[^”]*”|‘[^’]*’|＇[^＇]*＇|＂[^＂]*＂/uy },
  { kind: 'quoted', pattern: /`(?:[^`\n]|``)+`/uy },
  { kind: 'symbol', pattern: /<=|>=|!=|<>|==|[=<>(){},.+\-*/≥≤≠]/uy },
];

// What is left as it is: texts and names in their quotes, comments, and words, which may hold such digits.
const KEPT =
  /'(?:[^']|'')*'|"[^"]*"|“[^”]*”|‘[^’]*’|＇[^＇]*＇|＂[^＂]*＂|`(?:[^`\n]|``)+`|--[^\n]*|[\p{L}_][\p{L}\p{N}_]*/u;
const WIDE = /[！＃-＆（-／０-＠［-＿｛-～、]/u;
const KEPT_OR_WIDE = new RegExp(`${KEPT.source}|${WIDE.source}`, 'gu');
/** Distance of a full-width sign from its counterpart in ASCII. */
const WIDTH_DISTANCE = 0xfee0;

/** Full-width digits and punctuation, as Chinese input methods write them, as their counterparts; none moves. */
function narrow(text: string): string {
  return text.replace(KEPT_OR_WIDE, (found) => {
    if (found === '、') return ',';
    if (found.length > 1 || !WIDE.test(found)) return found;
    return String.fromCharCode(found.charCodeAt(0) - WIDTH_DISTANCE);
  });
}

/** The word that other languages write as `&&`, `||` or `!`, kept apart from its neighbours, and how many letters it replaces. */
function jointAt(text: string, offset: number): [word: string | undefined, length: number] {
  const letter = text[offset] ?? '';
  const word = { '&': 'and', '|': 'or', '!': 'not' }[letter];
  const length = word !== undefined && letter !== '!' && text[offset + 1] === letter ? 2 : 1;
  if (word === undefined) return [word, length];
  const before = offset > 0 && !/\s/u.test(text[offset - 1] ?? ' ') ? ' ' : '';
  const after = /\s/u.test(text[offset + length] ?? ' ') ? '' : ' ';
  return [`${before}${word}${after}`, length];
}

/** Splits text into tokens; comments run from `--` to the end of the line. Throws `EqlTextError`. */
export function tokenize(text: string): Token[] {
  if (text.length > eqlLimits.textLength) {
    throw new EqlTextError(
      textProblem(
        text,
        { offset: eqlLimits.textLength, length: 1 },
        {
          code: 'too_large',
          en: `The text is longer than ${eqlLimits.textLength} characters; split the expression into segments.`,
          zh: `文本超过 ${eqlLimits.textLength} 个字符；请拆分为多个人群。`,
        },
      ),
    );
  }
  const tokens: Token[] = [];
  const narrowed = narrow(text);
  let offset = 0;
  while (offset < text.length) {
    const found = matchAt(narrowed, offset);
    if (!found) {
      const open = /["'“‘＇＂]/u.test(text[offset] ?? '');
      const [joint, length] = jointAt(narrowed, offset);
      throw new EqlTextError(
        textProblem(
          text,
          { offset, length },
          {
            code: 'syntax',
            en: open
              ? 'This quote is never closed; add a closing quote.'
              : `“${text[offset]}” has no meaning here.`,
            zh: open ? '引号没有闭合，请补上右引号。' : `无法识别的字符“${text[offset]}”。`,
            ...(joint === undefined ? {} : { suggestion: joint }),
          },
        ),
      );
    }
    if (found.kind !== 'space') {
      tokens.push({
        kind: found.kind,
        text: meaning(found.kind, found.raw),
        offset,
        length: found.raw.length,
      });
    }
    offset += found.raw.length;
  }
  tokens.push({ kind: 'end', text: '', offset: text.length, length: 0 });
  return tokens;
}

function matchAt(text: string, offset: number): { kind: Token['kind'] | 'space'; raw: string } | undefined {
  for (const { kind, pattern } of PATTERNS) {
    pattern.lastIndex = offset;
    const raw = pattern.exec(text)?.[0];
    if (raw) return { kind, raw };
  }
  return undefined;
}

function meaning(kind: Token['kind'], raw: string): string {
  switch (kind) {
    case 'text':
      return raw.startsWith("'") ? raw.slice(1, -1).replaceAll("''", "'") : raw.slice(1, -1);
    case 'quoted':
      return raw.slice(1, -1).replaceAll('``', '`');
    case 'parameter':
      return raw.slice(1);
    case 'number': {
      const multiple = CHINESE_MULTIPLES[raw.at(-1) ?? ''];
      if (raw.endsWith('%')) return String(Number(raw.slice(0, -1)) / 100);
      return multiple ? String(Number(raw.slice(0, -1)) * multiple) : raw;
    }
    case 'symbol':
      return SYMBOLS[raw] ?? raw;
    case 'clock':
      return raw.padStart(5, '0');
    case 'word':
    case 'end':
      return raw;
  }
}
