import { defineErrors } from './error-definition.ts';

/** Errors of connections, mapped tables and ingestion tasks. */
export const warehouseErrors = defineErrors({
  connection_not_found: {
    status: 404,
    en: 'There is no such connection; choose one from the list of connections.',
    zh: '没有该连接；请从连接列表中选择。',
  },
  connection_exists: {
    status: 409,
    en: 'A connection with this id already exists; choose another id.',
    zh: '该连接编号已存在；请换一个编号。',
  },
  connection_in_use: {
    status: 409,
    en: 'Mapped tables use this connection (see `details`); unmap them first.',
    zh: '仍有映射表使用该连接（见 details）；请先删除映射表。',
  },
  connection_settings_invalid: {
    status: 422,
    en: 'The settings do not fit the kind of connection; correct what `details` names.',
    zh: '连接参数与类型不符；请按 details 修正。',
  },
  connection_host_refused: {
    status: 422,
    en: 'Connections may not reach this host; an administrator can add it under “hosts that connections may reach”. Link-local addresses are never reachable.',
    zh: '不允许连接该主机；可由管理员加入“连接可访问的主机清单”。链路本地地址一律不可访问。',
  },
  connection_path_refused: {
    status: 422,
    en: 'The path is not inside the folder for files of sources (WUTONG_WAREHOUSE_FOLDER); put the files there and name them relative to it.',
    zh: '路径不在数据文件目录（WUTONG_WAREHOUSE_FOLDER）内；请将文件放入该目录并使用相对路径。',
  },
  mapped_table_not_found: {
    status: 404,
    en: 'There is no mapped table of this name; map it first or choose one from the list.',
    zh: '没有该映射表；请先建立映射或从列表中选择。',
  },
  mapped_table_in_use: {
    status: 409,
    en: 'Ingestion tasks read this table (see `details`); change or delete them first.',
    zh: '仍有接入任务读取该表（见 details）；请先修改或删除任务。',
  },
  source_unreachable: {
    status: 502,
    en: 'The source cannot be reached: nobody answers at its address. Check host, port and network, and that it is running.',
    zh: '无法连接数据源：该地址无应答。请检查主机、端口、网络及服务是否运行。',
  },
  source_login_refused: {
    status: 502,
    en: 'The source refuses the user or password, or its rights do not suffice; correct the connection.',
    zh: '数据源拒绝了用户名或密码，或权限不足；请修正连接。',
  },
  source_table_missing: {
    status: 404,
    en: 'The source has no such table, or the user may not read it; choose one from the list of its tables.',
    zh: '数据源中没有该表或无权读取；请从表清单中选择。',
  },
  source_table_changed: {
    status: 409,
    en: 'Columns of the source are not what they were when the table was mapped, so nothing was read; map the table again, look at the preview, then start the task again.',
    zh: '数据源的字段与建立映射时不同，已停止读取；请重新映射该表并核对预览，然后重新启动任务。',
  },
  source_too_slow: {
    status: 504,
    en: 'The source did not answer within the time limit; narrow the query, add an index at the source, or raise the limit.',
    zh: '数据源未在时限内应答；请缩小查询范围、在源端加索引或提高时限。',
  },
  source_failed: {
    status: 502,
    en: 'Reading the source failed (the reason is in `details`); correct the query, the types or the source.',
    zh: '读取数据源失败（原因见 details）；请修正查询、类型或数据源。',
  },
  source_value_unreadable: {
    status: 422,
    en: 'A column of the source holds a value that its type cannot (such as infinity or NaN); map the column in `details` that holds it as text (`textColumns`), or let the task read the table itself instead of SQL.',
    zh: '数据源某列含有其类型无法表示的值（如 infinity、NaN）；请将 details 所列列中含此值的列设为按文本读取（textColumns），或让任务直接读取该表而不是 SQL。',
  },
  source_query_refused: {
    status: 422,
    en: 'The SQL uses something that is not allowed here (see `details`): it may be one SELECT over mapped tables.',
    zh: 'SQL 使用了不允许的内容（见 details）：只能是对映射表的单条 SELECT。',
  },
  source_query_invalid: {
    status: 422,
    en: 'The SQL cannot be understood (see `details`); correct it.',
    zh: '无法识别该 SQL（见 details）；请修正。',
  },
  source_query_too_large: {
    status: 422,
    en: 'The query needs more rows or memory than the limit; narrow it, or read incrementally.',
    zh: '查询超过行数或内存上限；请缩小范围或改为增量读取。',
  },
  source_reader_unavailable: {
    status: 503,
    en: 'The reader of sources is not running at this moment; try again in a few seconds.',
    zh: '数据源读取进程暂不可用；请数秒后重试。',
  },
  ingestion_task_not_found: {
    status: 404,
    en: 'There is no such ingestion task; choose one from the list.',
    zh: '没有该接入任务；请从列表中选择。',
  },
  ingestion_task_exists: {
    status: 409,
    en: 'An ingestion task with this id already exists; choose another id.',
    zh: '该接入任务编号已存在；请换一个编号。',
  },
  ingestion_task_invalid: {
    status: 422,
    en: 'The ingestion task does not fit together; correct what `details` names.',
    zh: '接入任务定义有误；请按 details 修正。',
  },
  ingestion_task_running: {
    status: 409,
    en: 'A run of the task is under way; stop it first.',
    zh: '任务正在运行；请先停止。',
  },
  ingestion_nothing_to_retry: {
    status: 409,
    en: 'The last run neither failed nor was stopped; start the task instead.',
    zh: '上次运行既未失败也未停止；请直接启动任务。',
  },
  ingestion_run_not_found: {
    status: 404,
    en: 'There is no such run of this task; choose one from its history.',
    zh: '该任务没有此运行记录；请从历史中选择。',
  },
  ingestion_key_repeated: {
    status: 422,
    en: 'Two rows have the same key columns, so the second cannot be told from the first; choose columns that name a row.',
    zh: '两行的主键列相同，无法区分；请选择能唯一标识一行的列。',
  },
});
