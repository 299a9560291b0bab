import type { BoundValue } from './bound.ts';
import { refuse, type Binder, type Scope } from './binder.ts';

const MAXIMUM_PATTERN_LENGTH = 200;
/** Letters and classes after repetitions are written out: what bounds the memory of the engine's automaton. */
const MAXIMUM_PATTERN_SIZE = 1_000;

/**
 * A regular expression must be fixed, short, and of the kind that runs in linear time (RE2: no
 * back-references, no look-around, no large repetitions), so that no pattern can hang the engine.
 */
export function checkPattern(binder: Binder, node: object, scope: Scope, pattern: BoundValue): void {
  const refusePattern = (en: string, zh: string): never =>
    refuse(binder, node, scope, { code: 'bad_pattern', en, zh });
  if (pattern.kind !== 'literal')
    return refusePattern('The pattern must be a fixed text.', '正则必须是固定文本。');
  const text = String(pattern.value);
  if (text.length > MAXIMUM_PATTERN_LENGTH) {
    refusePattern(
      `The pattern is longer than ${MAXIMUM_PATTERN_LENGTH} characters.`,
      `正则超过 ${MAXIMUM_PATTERN_LENGTH} 个字符。`,
    );
  }
  if (/\\[1-9k]|\(\?(?!:)/.test(text)) {
    refusePattern(
      'Back-references and look-around are not supported in patterns.',
      '正则不支持反向引用与环视。',
    );
  }
  const escape = unknownEscape(text);
  if (escape !== undefined) {
    refusePattern(
      `“${escape}” is not known in patterns; there are \\d \\w \\s \\b, their opposites, \\n \\r \\t, \\p{L} \\p{N} \\p{P} \\p{Han} and escaped punctuation.`,
      `正则不支持“${escape}”；可用 \\d \\w \\s \\b 及其大写、\\n \\r \\t、\\p{L} \\p{N} \\p{P} \\p{Han} 与转义标点。`,
    );
  }
  try {
    void patternOf(text);
  } catch {
    refusePattern('The pattern is not a regular expression.', '正则表达式语法不正确。');
  }
  if (sizeOf(text) > MAXIMUM_PATTERN_SIZE) {
    refusePattern(
      `With its repetitions written out the pattern is longer than ${MAXIMUM_PATTERN_SIZE}.`,
      `展开重复次数后，正则长度超过 ${MAXIMUM_PATTERN_SIZE}。`,
    );
  }
}

/** The pattern for this runtime, which names scripts in another way. */
export function patternOf(text: string): RegExp {
  return new RegExp(text.replaceAll(/\\([pP])\{Han\}/g, '\\$1{Script=Han}'), 'u');
}

/** The first escape that the engine and this runtime do not both read, and in the same way. */
function unknownEscape(text: string): string | undefined {
  const known = /^\\(?:[dDwWsSbBnrt]|[pP]\{(?:L|N|P|Lu|Ll|Han)\}|[\\^$.*+?()[\]{}|/-])/u;
  for (let at = text.indexOf('\\'); at >= 0; at = text.indexOf('\\', at)) {
    const escape = known.exec(text.slice(at))?.[0];
    if (escape === undefined) return text.slice(at, at + 2);
    at += escape.length;
  }
  return undefined;
}

/** How many letters and classes a sound pattern has when its repetitions are written out. */
function sizeOf(text: string): number {
  const tokens = text.match(/\\[pP]\{\w+\}|\\.|\[(?:\\.|[^\]\\])*\]|\{\d+(?:,\d*)?\}|[\s\S]/gu) ?? [];
  const sizes = [0];
  let last = 0;
  for (const token of tokens) {
    if (token === '(') {
      sizes.push(0);
      last = 0;
    } else if (token === ')') {
      last = sizes.pop() ?? 0;
      sizes.push((sizes.pop() ?? 0) + last);
    } else if (/^\{\d/.test(token)) {
      const [low = 0, high = 0] = token.slice(1, -1).split(',').map(Number);
      const repeated = last * Math.max(low, high, 1);
      sizes.push((sizes.pop() ?? 0) - last + repeated);
      last = repeated;
    } else if (!/^[*+?|^$]$/.test(token)) {
      last = 1;
      sizes.push((sizes.pop() ?? 0) + 1);
    }
  }
  return sizes.reduce((sum, size) => sum + size, 0);
}
