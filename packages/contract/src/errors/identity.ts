import { defineErrors } from './error-definition.ts';

/** Errors of identity: key types, the map of keys to persons, quarantine, linking. */
export const identityErrors = defineErrors({
  key_type_not_found: {
    status: 404,
    en: 'There is no such key type; choose one from the list of key types or declare it first.',
    zh: '没有该标识类型；请从标识类型列表中选择，或先定义该类型。',
  },
  key_type_invalid: {
    status: 422,
    en: 'The rules of this key type contradict each other; correct what `details` names.',
    zh: '该标识类型的规则互相矛盾；请修正 details 中指出的内容。',
  },
  key_not_of_person: {
    status: 422,
    en: 'Some keys do not belong to this person (any more); reload the person and choose again.',
    zh: '所选标识已不属于该客户；请刷新客户后重新选择。',
  },
  unmerge_takes_all: {
    status: 422,
    en: 'An un-merge must leave at least one key with the person; choose fewer keys.',
    zh: '拆分后原客户至少要保留一个标识；请减少所选标识。',
  },
  quarantine_item_not_found: {
    status: 404,
    en: 'There is no such quarantined link; reload the list.',
    zh: '没有该隔离项；请刷新列表。',
  },
  quarantine_item_decided: {
    status: 409,
    en: 'Somebody decided this item already; reload the list.',
    zh: '该隔离项已被处理；请刷新列表。',
  },
  key_not_of_item: {
    status: 422,
    en: 'The key that is to be shared is not one of this item; choose one that the item names.',
    zh: '要判为共用的标识不属于该隔离项；请从该项列出的标识中选择。',
  },
  too_many_connected_keys: {
    status: 409,
    en: 'More keys hang together here than may be folded at once; declare the key named in `details` as shared or block it.',
    zh: '此处互相关联的标识过多，无法一次重算；请把 details 中的标识设为共用或加入黑名单。',
  },
  linking_input_invalid: {
    status: 422,
    en: 'These records cannot be linked: `details` names the missing table or column; correct it and start again.',
    zh: '无法对这些记录做匹配：details 指出了缺失的表或列；请修正后重试。',
  },
  linking_file_unreadable: {
    status: 422,
    en: 'A file cannot be linked: `details` says which and why; it must be CSV in UTF-8 with a header, plain or .gz.',
    zh: '有文件无法用于匹配：details 指出了文件与原因；文件须为带表头的 UTF-8 CSV，可用 .gz 压缩。',
  },
  record_table_not_found: {
    status: 404,
    en: 'There is no such table of records (any more); reload the list and choose again.',
    zh: '没有（或已不存在）该记录表；请刷新列表后重新选择。',
  },
  record_file_unusable: {
    status: 422,
    en: 'This file cannot be a table of records: see `details`; its first row must name every column once.',
    zh: '该文件不能作为记录表，原因见 details；首行须为各列名称且不重复。',
  },
  too_many_records: {
    status: 422,
    en: 'There are more records than one linking run takes (see `details`); split them, or leave out what cannot match.',
    zh: '记录数超过一次匹配的上限（见 details）；请拆分，或先剔除不可能匹配的记录。',
  },
  linking_busy: {
    status: 409,
    en: 'Another linking run is under way, one at a time is allowed; wait for it or stop it.',
    zh: '已有匹配任务在进行，同一时间只允许一个；请等待完成或先停止它。',
  },
  linking_run_not_found: {
    status: 404,
    en: 'There is no such linking run; reload the list.',
    zh: '没有该匹配任务；请刷新列表。',
  },
  linking_run_wrong_state: {
    status: 409,
    en: 'The run is in a state that does not allow this (see `details`); reload it.',
    zh: '任务当前状态不允许此操作（见 details）；请刷新。',
  },
  linking_pairs_gone: {
    status: 410,
    en: 'The pairs of this run were removed, as they hold personal data; start the run again to see them.',
    zh: '该任务的记录对含个人信息，已按期清除；如需查看请重新运行。',
  },
  linking_interrupted: {
    status: 500,
    en: 'The run was interrupted several times and given up; look at the memory of the server, then start it again.',
    zh: '任务多次被中断，已放弃；请检查服务器内存后重新运行。',
  },
});
