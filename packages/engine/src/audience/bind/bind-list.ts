import type { Value } from '@wutong/contract';
import type { BoundValue } from './bound.ts';
import { bindWord } from './bind-word.ts';
import { refuse, requireType, type Binder, type Scope } from './binder.ts';

/** What stands to the right of `in` and `contains any`: literals of one type, or a value that is a list. */
export function bindList(binder: Binder, node: Value, scope: Scope): BoundValue {
  if (node.kind !== 'list') return binder.value(node, scope);
  if (node.items.length === 0) {
    refuse(binder, node, scope, {
      code: 'not_allowed_here',
      en: 'The list is empty: name at least one value.',
      zh: '列表为空：请至少填写一个取值。',
    });
  }
  const items = node.items.map((item) => ({ item, bound: bindWord(binder, item, scope) }));
  const first = items[0]?.bound;
  for (const { item, bound } of items) {
    if (bound.kind !== 'literal' || Array.isArray(bound.value)) {
      refuse(binder, item, scope, {
        code: 'not_allowed_here',
        en: 'A list holds plain values only.',
        zh: '列表中只能写固定取值。',
      });
    }
    if (first) requireType(binder, item, scope, bound, [first.type]);
  }
  const values = items.map((each) => (each.bound as { value: string | number | boolean }).value);
  // `type` is that of the items: lists of literals only ever stand to the right of in and contains.
  const value = values.every((each) => typeof each === 'number') ? (values as number[]) : values.map(String);
  return { kind: 'literal', value, type: first?.type ?? 'text' };
}
