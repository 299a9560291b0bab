import type { NodeOfKind } from '@wutong/contract';

/** The newest entry of a person into a strategy. Epoch ms. */
export interface FormerEntry {
  readonly isActive: boolean;
  readonly endedAt: number | undefined;
}

/** Whether somebody may enter (again) at `now`. */
export function mayEnter(
  former: FormerEntry | undefined,
  reentry: NodeOfKind<'entry'>['reentry'],
  now: number,
): 'enter' | 'inside' | 'may_not_reenter' {
  if (!former) return 'enter';
  if (former.isActive) return 'inside';
  if (reentry.kind === 'never') return 'may_not_reenter';
  return now >= (former.endedAt ?? now) + reentry.cooldownMs ? 'enter' : 'may_not_reenter';
}
