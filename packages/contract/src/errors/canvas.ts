import { defineErrors } from './error-definition.ts';

/** Errors of the canvas: strategies, their versions, and people in them. */
export const canvasErrors = defineErrors({
  strategy_not_found: {
    status: 404,
    en: 'There is no such strategy; choose one from the list.',
    zh: '没有该策略；请从策略列表中选择。',
  },
  strategy_version_not_found: {
    status: 404,
    en: 'The strategy has no such version; choose one from its versions.',
    zh: '该策略没有此版本；请从版本列表中选择。',
  },
  strategy_node_not_found: {
    status: 404,
    en: 'This version has no such node; reload the canvas and choose again.',
    zh: '该版本没有此节点；请刷新画布后重新选择。',
  },
  strategy_draft_changed: {
    status: 409,
    en: 'Somebody saved the draft after you opened it; reload, and bring in your changes again.',
    zh: '草稿在您打开后已被他人保存；请刷新后重新修改。',
  },
  strategy_has_findings: {
    status: 422,
    en: 'The check found errors, listed in `details`; correct them and submit again.',
    zh: '检查发现错误（见 details）；请修正后重新提交。',
  },
  strategy_hash_differs: {
    status: 409,
    en: 'The version you looked at is not the stored one; reload it and read it again.',
    zh: '您看到的版本与存储的版本不一致；请刷新后重新审阅。',
  },
  strategy_state_differs: {
    status: 409,
    en: 'This is not possible in the state named in `details`; reload and choose another action.',
    zh: '当前状态（见 details）不允许此操作；请刷新后选择其他操作。',
  },
  strategy_same_person: {
    status: 403,
    en: 'You submitted this version, so somebody else has to approve it.',
    zh: '该版本由您提交，须由他人审批。',
  },
  strategy_not_approved: {
    status: 409,
    en: 'Only an approved version may be published; have it approved first.',
    zh: '只有审批通过的版本才能发布；请先完成审批。',
  },
  strategy_entry_differs: {
    status: 409,
    en: 'This strategy does not take people through the API, or it is not running; see its entry node.',
    zh: '该策略不通过 API 进入，或未在运行；请查看其进入节点。',
  },
});
