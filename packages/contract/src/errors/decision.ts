import { defineErrors } from './error-definition.ts';

/** Errors of decision: policies and their tester. */
export const decisionErrors = defineErrors({
  policy_changed: {
    status: 409,
    en: 'Somebody saved the policy after you opened it; reload, and bring in your changes again.',
    zh: '策略规则在您打开后已被他人保存；请刷新后重新修改。',
  },
});
