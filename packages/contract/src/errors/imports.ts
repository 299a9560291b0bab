import { defineErrors } from './error-definition.ts';

/** Errors of the file import. */
export const importErrors = defineErrors({
  import_upload_not_found: {
    status: 404,
    en: 'The kept file is not there any more (files are kept for half an hour, by the process that took them, for whoever sent them); send the file again.',
    zh: '暂存的文件已不存在（仅为上传者保留半小时，由接收的进程保存）；请重新上传文件。',
  },
  import_upload_elsewhere: {
    status: 409,
    en: 'The file has arrived up to `received` in `details`; go on there.',
    zh: '文件已收到的位置见 details 的 received；请从该处继续上传。',
  },
  import_uploads_full: {
    status: 503,
    en: 'No more files can be kept at the moment; import the kept ones, wait, or send the file with the import itself.',
    zh: '暂存空间已满；请先导入已上传的文件、稍后再试，或在导入时直接上传文件。',
  },
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
  import_row_unreadable: {
    status: 422,
    en: 'The row breaks the format of its file and was rejected, the others were loaded; repair it among the rejected records and replay it.',
    zh: '该行不符合文件格式，已拒收（其余行照常导入）；请在“被拒记录”中修复后重放。',
  },
  import_replay_impossible: {
    status: 409,
    en: 'The row cannot be repaired and replayed in place (`reason` in `details`: its import is gone, its columns were not kept, or what its file looks up in other files was not); correct it in the file and import that.',
    zh: '该行不能就地修复与重放（原因见 details 的 reason：导入已不存在、未保留列名，或该文件在其他文件中查到的值未保留）；请在文件中修正后重新导入。',
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
