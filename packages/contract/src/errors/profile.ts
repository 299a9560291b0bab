import { defineErrors } from './error-definition.ts';

/** Errors of the profile: persons' attributes, entities, relations, details, consents. */
export const profileErrors = defineErrors({
  person_not_found: {
    status: 404,
    en: 'There is no such person; search by one of the keys instead.',
    zh: '没有该客户；请用任一标识重新搜索。',
  },
  entity_not_found: {
    status: 404,
    en: 'There is no such entity; check its type and id.',
    zh: '没有该实体；请检查类型与编号。',
  },
  type_not_declared: {
    status: 404,
    en: 'The type named in `details` is not declared; declare it first under entities and relations.',
    zh: 'details 中的类型尚未定义；请先在“实体与关系”中定义。',
  },
  declaration_conflict: {
    status: 409,
    en: 'The declaration contradicts the stored one as said in `details`; give the new meaning a new name.',
    zh: '该定义与已有定义冲突（见 details）；请为新的含义使用新的名称。',
  },
  reserved_name: {
    status: 422,
    en: 'The name in `details` is used by Wutong itself; choose another one.',
    zh: 'details 中的名称为系统保留；请换一个名称。',
  },
  too_many_fields: {
    status: 422,
    en: 'The type has reached its limit of fields; remove those not used or start another type.',
    zh: '该类型的字段数已达上限；请清理不用的字段或另建类型。',
  },
  value_type_conflict: {
    status: 422,
    en: 'The value does not fit the declared type of the field in `details`; correct the source or the declaration.',
    zh: '值与 details 中字段的类型不符；请修正数据源或字段定义。',
  },
  value_forbidden: {
    status: 422,
    en: 'The value looks like a secret that is never stored (a card verification number, track data, a password); remove it at the source.',
    zh: '该值疑似禁止存储的信息（卡验证码、磁道数据、密码等）；请在来源处删除。',
  },
  owner_missing: {
    status: 422,
    en: 'The record names nobody who owns it; give a key of a person or the id of an entity.',
    zh: '记录缺少归属；请提供客户标识或实体编号。',
  },
  consent_bundled: {
    status: 422,
    en: 'One consent may cover one purpose only; record each purpose separately with its own proof.',
    zh: '一次授权只能对应一个用途；请按用途分别记录并附凭证。',
  },
  purpose_not_declared: {
    status: 422,
    en: 'The purpose in `details` is not declared; declare it before consents are recorded for it.',
    zh: 'details 中的用途尚未定义；请先定义用途再记录授权。',
  },
});
