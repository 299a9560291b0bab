import { defineErrors } from './error-definition.ts';

/** Errors of the audience room. */
export const audienceErrors = defineErrors({
  eql_invalid: {
    status: 422,
    en: 'The expression cannot be understood; correct what `problems` names and try again.',
    zh: '表达式无法识别；请按 problems 中的提示修改后重试。',
  },
  eql_too_expensive: {
    status: 422,
    en: 'The expression would cost more than your role may spend; narrow its windows or conditions, or ask for a higher limit.',
    zh: '该表达式的预计开销超过您角色的上限；请缩小时间窗口或条件范围，或申请更高的额度。',
  },
  eql_too_slow: {
    status: 504,
    en: 'The query was stopped at its time limit; narrow its windows or conditions and try again.',
    zh: '查询超过时间上限已停止；请缩小时间窗口或条件范围后重试。',
  },
  segment_not_found: {
    status: 404,
    en: 'There is no such segment; check its id.',
    zh: '找不到该人群，请检查编号。',
  },
  segment_exists: {
    status: 409,
    en: 'A segment with this id already exists; choose another id or edit that one.',
    zh: '该编号的人群已存在；请换一个编号，或编辑已有人群。',
  },
  segment_in_use: {
    status: 409,
    en: 'The segment is used by what `details.usedBy` names; change those first.',
    zh: '该人群正被 details.usedBy 中的对象使用；请先修改它们。',
  },
  segment_cycle: {
    status: 422,
    en: 'The segment would refer to itself through the segments named in `details`; remove one of the references.',
    zh: '该人群会经由 details 中的人群引用自身；请去掉其中一个引用。',
  },
  segment_not_rule: {
    status: 409,
    en: 'This segment has no rule to compute; it changes by import only.',
    zh: '该人群没有可计算的规则，只能通过导入修改。',
  },
  segment_not_imported: {
    status: 409,
    en: 'The members of this segment are computed; only an imported segment can be given other members.',
    zh: '该人群的成员由规则计算得出；只有导入的人群可以更换名单。',
  },
  not_editor: {
    status: 403,
    en: 'Only its owner, its editors and administrators may change this; ask the owner, or make a copy of your own.',
    zh: '只有负责人、被授权的编辑者和管理员可以修改；请联系负责人，或复制一份再改。',
  },
  not_owner: {
    status: 403,
    en: 'Only its owner and administrators may say who sees this and hand it over; ask the owner.',
    zh: '只有负责人和管理员可以设置可见范围或移交；请联系负责人。',
  },
  user_unknown: {
    status: 422,
    en: 'The users that `details.userIds` lists do not exist or are disabled; choose others.',
    zh: 'details.userIds 中的用户不存在或已停用，请另选。',
  },
  lookalike_missing: {
    status: 422,
    en: 'Say in `lookalike` which segment people shall resemble and by which features.',
    zh: '请在 lookalike 中指明种子人群与比较特征。',
  },
  tag_not_found: {
    status: 404,
    en: 'There is no such tag; check its id.',
    zh: '找不到该标签，请检查编号。',
  },
  tag_exists: {
    status: 409,
    en: 'A tag with this id already exists; choose another id or edit that one.',
    zh: '该编号的标签已存在；请换一个编号，或编辑已有标签。',
  },
  tag_in_use: {
    status: 409,
    en: 'The tag is used by what `details.usedBy` names; change those first.',
    zh: '该标签正被 details.usedBy 中的对象使用；请先修改它们。',
  },
  tag_type_in_use: {
    status: 409,
    en: 'The new rule gives values of another type, which what `details.usedBy` names cannot take; change those first, or make a new tag.',
    zh: '新规则的取值类型与原来不同，而 details.usedBy 中的对象仍在使用；请先修改它们，或新建标签。',
  },
  tag_not_settable: {
    status: 409,
    en: 'The values of this tag are computed; only manual and imported tags, and model tags without a scorer, can be set.',
    zh: '该标签由系统计算得出；只有手工标签、导入标签和未配置评分器的模型分标签可以直接赋值。',
  },
  tag_value_invalid: {
    status: 422,
    en: 'A value does not fit the type of the tag, see `details`; nothing was set. Several values for one person need the type list.',
    zh: '取值与标签类型不符（见 details），未写入任何值；一人多值请使用 list 类型。',
  },
  tag_scorer_unknown: {
    status: 422,
    en: 'This installation has no scorer of that name; `details.known` lists those it has. Leave it out to set scores through the API.',
    zh: '本系统没有该名称的评分器；可用的见 details.known。不填则通过接口写入评分。',
  },
  tag_sql_refused: {
    status: 422,
    en: 'The SQL was refused: it must be one SELECT of person_id and value over the tables it may read; see `problems`.',
    zh: 'SQL 未通过检查：只能是一条查询 person_id 和 value 的 SELECT，且只能读取允许的表；原因见 problems。',
  },
});
