// clickhouse local as a process: node clickhouse-local.mjs <libchdb> <statements>
import { DataType, load, open } from 'ffi-rs';

const [libraryPath, statements] = process.argv.slice(2);
open({ library: 'chdb', path: libraryPath });
const command = ['clickhouse', '--query', statements];
load({
  library: 'chdb',
  funcName: 'chdb_query_cmdline',
  retType: DataType.External,
  paramsType: [DataType.I32, DataType.StringArray],
  paramsValue: [command.length, command],
});
