import { defineErrors } from './error-definition.ts';

/**
 * Errors of collection. The first group answers requests; the second group is the reasons for which a
 * single record is kept aside as rejected while the rest of its batch is stored.
 */
export const ingestErrors = defineErrors({
  source_not_found: {
    status: 404,
    en: 'There is no such source; choose one from the list of sources.',
    zh: '没有该数据源；请从数据源列表中选择。',
  },
  source_exists: {
    status: 409,
    en: 'A source with this id already exists; choose another id.',
    zh: '该数据源编号已存在；请换一个编号。',
  },
  source_key_unknown: {
    status: 401,
    en: 'The source key is missing, expired or unknown; copy a valid key from the page of the source.',
    zh: '数据源密钥缺失、过期或未知；请从数据源页面复制有效密钥。',
  },
  source_key_last: {
    status: 409,
    en: 'This is the last valid key of the source; make a new one before revoking it.',
    zh: '这是该数据源最后一个有效密钥；请先新建密钥再吊销。',
  },
  collection_unavailable: {
    status: 503,
    en: 'The records cannot be stored durably at this moment; none was acknowledged, send the same batch again after Retry-After seconds.',
    zh: '当前无法持久化数据，本批未确认；请在 Retry-After 秒后原样重发。',
  },
  collection_busy: {
    status: 503,
    en: 'Collection is at its limit; send the same batch again after Retry-After seconds.',
    zh: '采集已达上限；请在 Retry-After 秒后原样重发。',
  },
  body_undecodable: {
    status: 400,
    en: 'The body cannot be decoded (encoding, compression or JSON); it is kept among the rejected records with the reason in `details`. Correct the sender.',
    zh: '请求体无法解码（编码、压缩或 JSON 错误），原文已存入拒收数据，原因见 details；请修正发送端。',
  },
  batch_too_long: {
    status: 413,
    en: 'The request has more records than the limit in `details`; none was stored, send fewer at once. It is kept among the rejected records.',
    zh: '请求的记录数超过 details 中的上限，全部未入库；请减少每批条数后重发。原文已存入拒收数据。',
  },
  rejected_not_found: {
    status: 404,
    en: 'There is no such rejected record; it may have been discarded by retention.',
    zh: '没有该拒收记录；可能已按保留期清除。',
  },
  rejected_settled: {
    status: 409,
    en: 'This record was already replayed or discarded; search for the ones that still wait.',
    zh: '该记录已重放或丢弃；请查询仍待处理的记录。',
  },
  plan_entry_not_found: {
    status: 404,
    en: 'The tracking plan has no such event or property; it appears there once it was received or declared.',
    zh: '埋点方案中没有该事件或属性；收到数据或声明后才会出现。',
  },

  record_not_object: {
    status: 422,
    en: 'A record must be a JSON object; correct the sender and replay the record.',
    zh: '记录必须是 JSON 对象；请修正发送端后重放。',
  },
  record_type_unknown: {
    status: 422,
    en: 'The type of the record is not known to this format; correct `type` and replay the record.',
    zh: '该格式不支持此记录类型；请更正 type 后重放。',
  },
  record_too_large: {
    status: 422,
    en: 'The record is over the size limit in `details`; send less in one record.',
    zh: '单条记录超过 details 中的大小上限；请拆分发送。',
  },
  record_too_deep: {
    status: 422,
    en: 'The record is nested deeper than the limit in `details`; flatten it and replay.',
    zh: '记录嵌套层数超过 details 中的上限；请展平后重放。',
  },
  record_too_many_values: {
    status: 422,
    en: 'The record has more properties or values than the limit in `details`; send fewer.',
    zh: '记录的属性或值数量超过 details 中的上限；请减少后重发。',
  },
  checksum_wrong: {
    status: 422,
    en: 'The checksum of the body does not match its content: it was damaged on the way. The client should send it again.',
    zh: '请求体校验值与内容不符，传输中已损坏；请客户端重发。',
  },
  body_encrypted: {
    status: 422,
    en: 'The body is encrypted by the client SDK, whose key Wutong does not hold; switch the SDK to transport over TLS without its own encryption.',
    zh: '请求体由客户端 SDK 加密，系统没有其密钥；请关闭 SDK 自带加密并使用 TLS 传输。',
  },
  event_name_invalid: {
    status: 422,
    en: 'The event name is missing, too long, reserved or has forbidden characters; correct it and replay.',
    zh: '事件名缺失、过长、为保留字或含非法字符；请更正后重放。',
  },
  property_name_invalid: {
    status: 422,
    en: 'The property named in `details` has a name that is not allowed; correct it and replay.',
    zh: 'details 中的属性名不符合规则；请更正后重放。',
  },
  property_value_invalid: {
    status: 422,
    en: 'The property named in `details` has a value of a kind that is not allowed; correct it and replay.',
    zh: 'details 中的属性值类型不符合规则；请更正后重放。',
  },
  keys_missing: {
    status: 422,
    en: 'The record names no identity key, so it belongs to nobody; add a key and replay.',
    zh: '记录没有任何身份标识，无法归属；请补充标识后重放。',
  },
  key_invalid: {
    status: 422,
    en: 'An identity key is empty, too long or not text; correct the key named in `details` and replay.',
    zh: '身份标识为空、过长或不是文本；请更正 details 中的标识后重放。',
  },
  key_refused: {
    status: 422,
    en: 'The rules of identity keys refuse this key (blocked value or undeclared type, see `details`); correct the key or the rule and replay.',
    zh: '身份标识规则拒绝了该标识（屏蔽值或未声明类型，见 details）；请更正标识或规则后重放。',
  },
  message_id_invalid: {
    status: 422,
    en: 'The message id is too long or not text; use at most 255 characters.',
    zh: '消息编号过长或不是文本；请控制在 255 个字符以内。',
  },
  time_invalid: {
    status: 422,
    en: 'The time of the record cannot be read; send ISO 8601 or epoch milliseconds.',
    zh: '无法识别记录时间；请使用 ISO 8601 或毫秒时间戳。',
  },
  time_too_old: {
    status: 422,
    en: 'The time of the record is older than the source accepts; if the history is real, mark the record as historical and replay.',
    zh: '记录时间早于数据源允许的范围；若确为历史数据，请标记为历史数据后重放。',
  },
  time_in_future: {
    status: 422,
    en: 'The time of the record is more than one hour ahead of ours; correct the clock of the sender and replay.',
    zh: '记录时间比系统时间超前一小时以上；请校准发送端时钟后重放。',
  },
  portrait_delete_refused: {
    status: 422,
    en: 'A whole portrait is not deleted through collection; make a personal-data request under Governance.',
    zh: '不能通过采集接口删除整个客户画像；请在“治理”中发起个人信息请求。',
  },
  not_in_plan: {
    status: 422,
    en: 'The source is strict and the tracking plan has no such event or property (see `details`); add it to the plan and replay.',
    zh: '该数据源为严格模式，埋点方案中没有此事件或属性（见 details）；请加入方案后重放。',
  },
  store_refused: {
    status: 422,
    en: 'The store cannot hold this record (see `details`); correct its values and replay.',
    zh: '存储引擎无法保存该记录（原因见 details）；请更正数值后重放。',
  },
  profile_refused: {
    status: 422,
    en: 'The record does not fit the declared model (see `details`); correct it or the declaration and replay.',
    zh: '记录不符合已声明的模型（见 details）；请更正记录或声明后重放。',
  },
});
