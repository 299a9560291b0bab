import { defineErrors } from './error-definition.ts';

/** Errors of what leaves Wutong. */
export const outputErrors = defineErrors({
  output_not_found: {
    status: 404,
    en: 'There is no such output; choose one from the list of outputs.',
    zh: '没有该数据输出；请从列表中选择。',
  },
  output_exists: {
    status: 409,
    en: 'An output with this id already exists; choose another id.',
    zh: '该数据输出编号已存在；请换一个编号。',
  },
  output_settings_invalid: {
    status: 422,
    en: 'The settings of the output do not fit together; correct what `details` says.',
    zh: '数据输出设置有误；请按 details 修正。',
  },
  address_not_allowed: {
    status: 422,
    en: 'Webhooks may not call this address: it is loopback, private or link-local. Use a public address, or let an administrator add it to the output policy.',
    zh: 'Webhook 不得访问该地址（回环、内网或链路本地地址）；请使用公网地址，或由管理员加入输出策略。',
  },
  reader_not_found: {
    status: 404,
    en: 'There is no such read-only user; choose one from the list.',
    zh: '没有该只读用户；请从列表中选择。',
  },
  reader_exists: {
    status: 409,
    en: 'A read-only user with this name already exists; revoke it first or choose another name.',
    zh: '该只读用户名已存在；请先吊销或换一个名称。',
  },
  readers_unsupported: {
    status: 409,
    en: 'The ClickHouse in use does not let Wutong make users; let its administrator grant it ACCESS MANAGEMENT as docs/streams-and-outputs.md says.',
    zh: '当前 ClickHouse 不允许系统创建用户；请按 docs/streams-and-outputs.md 由其管理员授予 ACCESS MANAGEMENT。',
  },
});
