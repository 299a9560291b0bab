// Runs ClickHouse inside this process until stdin ends. Plain JavaScript, so that it needs no loader.
//
//   node clickhouse-child.mjs <libchdb> <config file> <start.sql>
//
// libchdb exports `clickhouse local` as a function. It is given two files of statements: start.sql, which
// opens the listeners, and a pipe that says nothing. ClickHouse reads the pipe to its end before it goes on,
// so it serves for exactly as long as the pipe's other end is open, and that end is here. Waiting this way,
// rather than in a query that reads stdin, means that the passwordless session that runs start.sql needs no
// right to create tables or to read files.
import { closeSync } from 'node:fs';
import { DataType, load, open } from 'ffi-rs';

const [libraryPath, configFile, startFile] = process.argv.slice(2);
const STOP_LIMIT_MS = 20_000;

open({ library: 'system', path: '' });
const ends = Buffer.alloc(8);
const failed = load({
  library: 'system',
  funcName: 'pipe',
  retType: DataType.I32,
  paramsType: [DataType.U8Array],
  paramsValue: [ends],
});
if (failed !== 0) throw new Error('pipe(2) failed');
const readEnd = ends.readInt32LE(0);
const writeEnd = ends.readInt32LE(4);

// The parent holds the other end of stdin: its end, even by kill -9, ends the engine too.
process.stdin.on('error', endEngine);
process.stdin.on('end', endEngine);
process.stdin.resume();

let ending = false;
function endEngine() {
  if (ending) return;
  ending = true;
  closeSync(writeEnd);
  // A query that does not yield must not keep the data folder locked for the next start.
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), STOP_LIMIT_MS).unref();
}

// A service manager signals every process of the service; the parent alone decides when we end.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);

const command = [
  'clickhouse',
  `--config-file=${configFile}`,
  '--queries-file',
  startFile,
  `/dev/fd/${readEnd}`,
];
open({ library: 'chdb', path: libraryPath });
await load({
  library: 'chdb',
  funcName: 'chdb_query_cmdline',
  retType: DataType.External,
  paramsType: [DataType.I32, DataType.StringArray],
  paramsValue: [command.length, command],
  runInNewThread: true, // the event loop stays free to see stdin end
});
process.exit(ending ? 0 : 1);
