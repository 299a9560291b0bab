import { defineErrors } from './error-definition.ts';

/** Errors of the streams that are read in. */
export const streamErrors = defineErrors({
  stream_not_found: {
    status: 404,
    en: 'There is no such stream; choose one from the list of streams.',
    zh: '没有该消息流；请从消息流列表中选择。',
  },
  stream_exists: {
    status: 409,
    en: 'A stream with this id already exists; choose another id.',
    zh: '该消息流编号已存在；请换一个编号。',
  },
  stream_settings_invalid: {
    status: 422,
    en: 'The settings of the stream do not fit together; correct what `details` says.',
    zh: '消息流设置有误；请按 details 修正。',
  },
  stream_unreachable: {
    status: 422,
    en: 'The brokers cannot be reached with these settings or refuse them; check addresses, TLS, user and topics as `details` says.',
    zh: '无法以该设置连接消息服务器或被其拒绝；请按 details 检查地址、TLS、用户与主题。',
  },
});
