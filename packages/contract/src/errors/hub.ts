import { defineErrors } from './error-definition.ts';

/** Errors of the hub: messages, suppliers, routes, tasks, links. */
export const hubErrors = defineErrors({
  message_not_found: {
    status: 404,
    en: 'There is no message with this id; search for it by person or strategy.',
    zh: '没有该编号的消息；请按客户或策略查询。',
  },
  supplier_not_found: {
    status: 404,
    en: 'There is no such supplier; choose one from the list of suppliers.',
    zh: '没有该供应商；请从供应商列表中选择。',
  },
  supplier_exists: {
    status: 409,
    en: 'A supplier with this id exists already; choose another id or edit the existing one.',
    zh: '该编号的供应商已存在；请换一个编号或修改现有供应商。',
  },
  supplier_settings_invalid: {
    status: 422,
    en: 'The settings do not fit this kind of supplier; correct the fields named in `details`.',
    zh: '该类供应商的设置不正确；请修正 details 中指出的字段。',
  },
  route_channel_differs: {
    status: 422,
    en: 'A route may only name suppliers of its own channel; remove the ones named in `details`.',
    zh: '路由只能使用同一渠道的供应商；请移除 details 中的供应商。',
  },
  task_not_found: {
    status: 404,
    en: 'There is no task with this id on your list; reload the list.',
    zh: '您的列表中没有该任务；请刷新列表。',
  },
  task_taken: {
    status: 409,
    en: 'Somebody else works on this task; choose another one.',
    zh: '该任务已被他人领取；请选择其他任务。',
  },
  task_done: {
    status: 409,
    en: 'The outcome of this task is recorded already; reload the list.',
    zh: '该任务已记录结果；请刷新列表。',
  },
  link_not_found: {
    status: 404,
    en: 'This link is not valid; open it again from the original message.',
    zh: '链接无效；请从原消息中重新打开。',
  },
});
