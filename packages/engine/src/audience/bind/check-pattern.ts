import type { BoundValue } from './bound.ts';
import { refuse, type Binder, type Scope } from './binder.ts';

const MAXIMUM_PATTERN_LENGTH = 200;

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
  if (/\\[1-9]|\(\?(?!:)|\\k|\\Z|\\u/.test(text)) {
    refusePattern(
      'Back-references and look-around are not supported in patterns.',
      '正则不支持反向引用与环视。',
    );
  }
  for (const [, low = '0', high = '0'] of text.matchAll(/\{(\d+)(?:,(\d*))?\}/g)) {
    if (Math.max(Number(low), Number(high)) > 100) {
      refusePattern('A pattern may repeat a part at most 100 times.', '正则中的重复次数最多 100 次。');
    }
  }
  try {
    void new RegExp(text, 'u');
  } catch {
    refusePattern('The pattern is not a regular expression.', '正则表达式语法不正确。');
  }
}
