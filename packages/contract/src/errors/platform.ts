import { defineErrors } from './error-definition.ts';

/** Errors that any operation may answer. */
export const platformErrors = defineErrors({
  invalid_request: {
    status: 400,
    en: 'The request does not fit the schema; correct the fields named in `problems` and send it again.',
    zh: '请求不符合接口约定；请按 problems 中指出的字段修正后重试。',
  },
  not_logged_in: {
    status: 401,
    en: 'Log in, or send a valid API token in the Authorization header.',
    zh: '请先登录，或在 Authorization 请求头中带上有效的 API 令牌。',
  },
  wrong_login: {
    status: 401,
    en: 'The name or the password is wrong; check both and try again.',
    zh: '用户名或密码不正确，请检查后重试。',
  },
  too_many_logins: {
    status: 429,
    en: 'Too many failed logins; wait one minute and try again.',
    zh: '登录失败次数过多，请一分钟后再试。',
  },
  permission_denied: {
    status: 403,
    en: 'Your role does not allow this; ask an administrator for the permission named in `details`.',
    zh: '您的角色没有此权限；请联系管理员授予 details 中的权限。',
  },
  owner_lost_right: {
    status: 403,
    en: 'Its owner may no longer see what it names, lacks a permission that it needs, or can no longer log in, so it does not run. Give the owner the right back and start it, or hand it over to somebody who has the right.',
    zh: '其负责人已不能查看它用到的内容、缺少所需权限或已停用，因此没有执行；请恢复权限后重新启动，或移交给有权限的人。',
  },
  not_found: {
    status: 404,
    en: 'There is no such thing at this address; check the id.',
    zh: '找不到所请求的内容，请检查编号。',
  },
  conflict: {
    status: 409,
    en: 'Somebody changed this in the meantime; reload it and try again.',
    zh: '内容已被他人修改，请刷新后重试。',
  },
  name_taken: {
    status: 409,
    en: 'There is one of this name already; choose another.',
    zh: '该名称已被使用，请换一个。',
  },
  last_administrator: {
    status: 409,
    en: 'This is the last administrator; give somebody else the role first.',
    zh: '这是最后一位管理员；请先把管理员角色授予他人。',
  },
  body_too_large: {
    status: 413,
    en: 'The request body is over the limit named in `details`; send less at once.',
    zh: '请求体超过 details 中的上限，请分批发送。',
  },
  engine_unavailable: {
    status: 503,
    en: 'A database engine does not answer at the moment; nothing was lost, try again shortly.',
    zh: '数据库引擎暂时没有响应，数据没有丢失，请稍后重试。',
  },
  internal_error: {
    status: 500,
    en: 'Something went wrong on our side; it was logged under the id in `details`. Try again, then tell the operator.',
    zh: '服务内部出错，已按 details 中的编号记录；请重试，仍失败请联系运维。',
  },
});
