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
  stream_login_refused: {
    status: 422,
    en: 'The brokers do not accept this user and password; correct them, or ask whoever runs Kafka for the mechanism in use.',
    zh: '消息服务器不接受该用户名与密码；请更正，或向 Kafka 管理员确认认证方式。',
  },
  stream_certificate_refused: {
    status: 422,
    en: 'The encrypted connection to the brokers could not be made; check that the port speaks TLS and that the authority and the name in its certificate fit.',
    zh: '无法与消息服务器建立加密连接；请检查端口是否启用 TLS、证书颁发机构与证书名称是否匹配。',
  },
  stream_topic_missing: {
    status: 422,
    en: 'The brokers have no topic of this name; correct the name, or let it be created.',
    zh: '消息服务器上没有该主题；请更正名称或先创建主题。',
  },
  stream_not_permitted: {
    status: 422,
    en: 'The user may not read the topic or use the consumer group; let whoever runs Kafka grant READ on both (WRITE for an output).',
    zh: '该用户无权读取主题或使用消费组；请由 Kafka 管理员授予两者的 READ 权限（输出需 WRITE）。',
  },
  stream_source_disabled: {
    status: 409,
    en: 'The source of the stream is disabled, so nothing is read; enable the source to go on where it stopped.',
    zh: '消息流所属的数据源已停用，暂不读取；启用数据源后从原处继续。',
  },
  stream_storage_away: {
    status: 503,
    en: 'Messages cannot be stored at the moment, so nothing is read and nothing is lost; it goes on by itself when the databases answer again.',
    zh: '暂时无法入库，已停止读取，不会丢失；数据库恢复后自动继续。',
  },
});
