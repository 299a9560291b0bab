import { contentApi, suggestName, type Condition, type EqlProblemCode } from '@wutong/contract';
import { refuseOutsidePerson } from './bind-value.ts';
import { refuse, type Binder, type Scope } from './binder.ts';
import type { BoundCondition } from './bound.ts';

type Consents = Extract<Condition, { kind: 'consents' }>;

/** Nobody has consented to what does not exist: a misspelt purpose or channel is refused, not counted as nobody. */
export function bindConsents(binder: Binder, node: Consents, scope: Scope): BoundCondition {
  refuseOutsidePerson(binder, node, scope);
  const { purpose, channel } = node;
  const purposes = binder.environment.catalogue.model.purposes.map((each) => each.purpose);
  requireKnown(binder, node, scope, {
    code: 'unknown_purpose',
    given: purpose,
    known: purposes,
    en: `There is no purpose “${purpose}” that people could consent to`,
    zh: `没有名为“${purpose}”的授权用途`,
  });
  requireKnown(binder, node, scope, {
    code: 'unknown_channel',
    given: channel,
    known: contentApi.channels,
    en: `There is no channel “${channel}”`,
    zh: `没有渠道“${channel}”`,
  });
  return { kind: 'consents', purpose, channel };
}

function requireKnown(
  binder: Binder,
  node: Consents,
  scope: Scope,
  asked: { code: EqlProblemCode; given: string; known: readonly string[]; en: string; zh: string },
): void {
  const { code, given, known } = asked;
  if (known.includes(given)) return;
  const listedEn = known.length > 0 ? `there are ${known.join(', ')}` : 'none is declared yet';
  const listedZh = known.length > 0 ? `可用：${known.join('、')}` : '尚未声明任何用途';
  refuse(binder, node, scope, {
    code,
    en: `${asked.en}; ${listedEn}.`,
    zh: `${asked.zh}；${listedZh}。`,
    suggestion: suggestName(given, known) ?? (known.length === 1 ? known[0] : undefined),
    word: given,
  });
}
