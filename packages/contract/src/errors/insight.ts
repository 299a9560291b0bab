import { defineErrors } from './error-definition.ts';

/** Errors of analyses, dashboards and alerts. */
export const insightErrors = defineErrors({
  analysis_invalid: {
    status: 422,
    en: 'The question does not make sense; correct what is named in `details`.',
    zh: '分析条件不成立；请修正 details 中指出的内容。',
  },
  analysis_too_slow: {
    status: 422,
    en: 'The analysis took too long and was stopped; shorten the period, narrow the people, or ask for a sample.',
    zh: '分析耗时过长，已停止；请缩短时间范围、缩小人群或使用抽样。',
  },
  analysis_too_large: {
    status: 422,
    en: 'The analysis needs more memory than it may use; shorten the period, narrow the people, or ask for a sample.',
    zh: '分析所需内存超过上限；请缩短时间范围、缩小人群或使用抽样。',
  },
  names_not_shared: {
    status: 403,
    en: 'This names a segment or a tag that is not shared with you; ask whoever keeps it to share it.',
    zh: '其中用到了未共享给您的人群或标签；请联系保存者共享。',
  },
  dashboard_not_found: {
    status: 404,
    en: 'There is no such dashboard, or it is not shared with you; choose one from the list.',
    zh: '没有该看板，或未共享给您；请从列表中选择。',
  },
  report_not_found: {
    status: 404,
    en: 'There is no such report, or it is not yours to change; choose one from the list or save a copy.',
    zh: '没有该报表，或您不能修改它；请从列表中选择，或另存一份。',
  },
  alert_not_found: {
    status: 404,
    en: 'There is no such alert; choose one from the list.',
    zh: '没有该预警；请从列表中选择。',
  },
});
