import type { Value } from '@wutong/contract';
import { BindError, type Binder, type Scope } from './binder.ts';
import type { BoundValue } from './bound.ts';

/** A lone unknown word to the right of a comparison, or in a list, is most often a text without its quotes. */
export function bindWord(binder: Binder, node: Value, scope: Scope): BoundValue {
  try {
    return binder.value(node, scope);
  } catch (error) {
    const isWord = node.kind === 'attribute' && node.path.length === 1;
    if (!(error instanceof BindError) || !isWord || error.problem.suggestion !== undefined) throw error;
    if (error.problem.code !== 'unknown_name' && error.problem.code !== 'unknown_property') throw error;
    const text = `'${String(node.path[0]).replaceAll("'", "''")}'`;
    throw new BindError({
      ...error.problem,
      en: `${error.problem.en} If it is a text, write it in quotes: ${text}.`,
      zh: `${error.problem.zh}如果是文本，请加引号：${text}。`,
      suggestion: text,
    });
  }
}
