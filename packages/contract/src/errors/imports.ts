import { defineErrors } from './error-definition.ts';

/** Errors of the file import. */
export const importErrors = defineErrors({
  import_not_found: {
    status: 404,
    en: 'There is no such import; choose one from the list of imports.',
    zh: '没有该导入任务；请从导入列表中选择。',
  },
  mapping_invalid: {
    status: 422,
    en: 'The mapping does not fit its schema or names something missing; correct what `details` lists.',
    zh: '映射文件不符合约定或引用了不存在的内容；请按 details 修正。',
  },
  import_file_missing: {
    status: 422,
    en: 'A file named by the mapping is missing; put it where `details` says or remove it from the mapping.',
    zh: '映射中的文件不存在；请放到 details 所示位置，或从映射中移除。',
  },
  import_file_unreadable: {
    status: 422,
    en: 'The file cannot be read as the mapping says; check its encoding, delimiter, quoting and compression.',
    zh: '无法按映射读取文件；请检查编码、分隔符、引号与压缩方式。',
  },
  import_column_missing: {
    status: 422,
    en: 'The file lacks the columns in `details`; correct the mapping or the file’s header.',
    zh: '文件缺少 details 中的列；请修正映射或文件表头。',
  },
  import_running: {
    status: 409,
    en: 'Another process is working on this import; wait for it to end, or stop it first.',
    zh: '另一个进程正在执行该导入；请等待其结束或先停止它。',
  },
  import_changed: {
    status: 409,
    en: 'The file changed since the import was interrupted; start a new import instead of going on.',
    zh: '文件在导入中断后发生变化；请重新发起导入而不是继续。',
  },
});
