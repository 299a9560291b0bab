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
  output_unreachable: {
    status: 422,
    en: 'The receiver does not answer; check its address, its network and its firewall. Outputs try again by themselves.',
    zh: '接收方没有应答；请检查地址、网络与防火墙。输出会自动重试。',
  },
  output_login_refused: {
    status: 422,
    en: 'The receiver does not accept the delivery as ours; check that it knows the signing secret.',
    zh: '接收方不认可本次投递的身份；请检查其签名密钥设置。',
  },
  output_redirected: {
    status: 422,
    en: 'The receiver points to another address, which is never followed; give the final address.',
    zh: '接收方返回了跳转，系统不会跟随；请填写最终地址。',
  },
  output_refused: {
    status: 422,
    en: 'The receiver answered with an error; look at its log, then deliver again.',
    zh: '接收方返回错误；请查看其日志后重新投递。',
  },
  output_receiver_broken: {
    status: 422,
    en: 'The receiver took none of many deliveries, so the output stopped; correct the receiver, start the output and deliver again what was set aside.',
    zh: '接收方连续拒收，输出已停止；修正接收方后启动输出，并重新投递搁置的部分。',
  },
  output_certificate_refused: {
    status: 502,
    en: 'The certificate of the receiver is self-signed, has expired, or is for another name; let the receiver get a valid one, or let the operator name its authority in NODE_EXTRA_CA_CERTS. Nothing is lost: deliveries are tried again, and those given up are set aside to be sent again.',
    zh: '接收方的证书为自签名、已过期或与域名不符；请接收方更换有效证书，或由运维人员在 NODE_EXTRA_CA_CERTS 中加入其签发机构。数据不会丢失：投递会自动重试，多次失败的存入死信，可重新投递。',
  },
  output_message_too_large: {
    status: 422,
    en: 'One row is larger than the topic takes, so the output waits and nothing is lost; let whoever runs Kafka raise `max.message.bytes` of the topic, and it goes on by itself.',
    zh: '有一行超过主题允许的消息大小，输出暂停等待，不会丢失；请由 Kafka 管理员调高该主题的 max.message.bytes，之后自动继续。',
  },
  output_disk_full: {
    status: 507,
    en: 'The disk of the output folder is full; make room, and it goes on by itself.',
    zh: '输出目录所在磁盘已满；请清理空间，之后自动继续。',
  },
  output_folder_closed: {
    status: 422,
    en: 'The output folder may not be written; let the operator correct the rights of WUTONG_OUTPUT_DIRECTORY.',
    zh: '输出目录不可写；请运维人员修正 WUTONG_OUTPUT_DIRECTORY 的权限。',
  },
  output_file_missing: {
    status: 404,
    en: 'The file is no longer in the output folder; whoever collects the files may have taken it.',
    zh: '输出目录中已没有该文件，可能已被取走。',
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
