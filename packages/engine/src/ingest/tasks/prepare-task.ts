import {
  fileMappingSchema,
  mappingSchema,
  type FileMapping,
  type ingestionTasksApi,
  type Mapping,
} from '@wutong/contract';
import { CodedError, type Platform } from '../../platform/index.ts';
import { neededColumns } from '../imports/compile-mapping.ts';
import {
  asWritten,
  checkStatement,
  followColumns,
  prepareQuery,
  prepareTable,
  type PreparedQuery,
  type Reader,
} from '../warehouse/index.ts';
import { beginningOf, isTime, kindOfWatermark, readWatermark, watermarkExpression } from './watermark.ts';

type Definition = ingestionTasksApi.TaskDefinition;

/** A task whose query was read and described, ready to run. */
export interface PreparedTask {
  readonly query: PreparedQuery;
  readonly mapping: Mapping;
  readonly file: FileMapping;
}

/** In SQL: the watermark from which the run reads, so that the source itself can leave out what is older. */
const FROM_PLACEHOLDER = '{from}';
/** The name under which it is bound. */
export const FROM_VALUE = 'query_from';

/** Duplicates are known for seven days of a record's own time; what is read again later would be stored again. */
const EVENT_OVERLAP_SECONDS = 7 * 86_400;

/**
 * Reads a task's query and checks that mapping, key and watermark fit its columns.
 * @throws CodedError ingestion_task_invalid, mapping_invalid, mapped_table_not_found and those of queries and sources
 */
export async function prepareTask(
  platform: Platform,
  reader: Reader,
  taskId: string,
  definition: Definition,
): Promise<PreparedTask> {
  const { query: wanted, load } = definition;
  const isFiltered = 'sql' in wanted && wanted.sql.includes(FROM_PLACEHOLDER);
  if (isFiltered && load.mode === 'full')
    refuse({ field: 'query.sql', reason: `${FROM_PLACEHOLDER} is for incremental loads` });
  await followSource(platform, reader, definition);
  const described =
    'table' in wanted
      ? await prepareTable(platform, reader, wanted.table)
      : await prepareQuery(platform, reader, wanted.sql.replaceAll(FROM_PLACEHOLDER, 'NULL'));
  const types = new Map(described.columns.map((column) => [column.name, column.type]));
  const isIncremental = load.mode === 'incremental';
  const watermarkType = isIncremental ? types.get(load.watermark) : undefined;
  const kind = watermarkType === undefined ? undefined : kindOfWatermark(watermarkType);
  const file = fileOf(taskId, definition, kind !== undefined && isTime(kind));
  const needed = [...load.key, ...(isIncremental ? [load.watermark] : []), ...neededColumns(file)];
  const absent = [...new Set(needed.filter((name) => !types.has(name)))];
  if (absent.length > 0) refuse({ columns: absent, reason: 'the query gives no such columns' });
  checkLoad(definition, kind);
  if (isFiltered && kind === 'text')
    refuse({
      field: 'query.sql',
      reason: `${FROM_PLACEHOLDER} is for times and numbers: sources order texts otherwise`,
    });
  // Only what is used is read: sources leave out the other columns.
  const columns = described.columns.filter((column) => needed.includes(column.name));
  const compared = isIncremental ? [load.watermark] : [];
  const query =
    'table' in wanted
      ? await asWritten(platform, reader, wanted.table, { query: { ...described, columns }, compared })
      : { ...described, columns };
  const filtered = isFiltered ? await filteredQuery(reader, wanted.sql, { type: watermarkType! }) : undefined;
  return {
    query: filtered ? { ...query, from: filtered } : query,
    file,
    mapping: mappingOf(taskId, definition, file),
  };
}

/** Whether the source is still what it was when its tables were mapped, as far as the task uses them. */
async function followSource(
  platform: Platform,
  reader: Reader,
  { query: wanted, load, mapping }: Definition,
): Promise<void> {
  if ('table' in wanted) {
    const needed = new Set([
      ...load.key,
      ...(load.mode === 'incremental' ? [load.watermark] : []),
      ...neededColumns(fileMappingSchema.parse({ file: 'source', records: mapping.records })),
    ]);
    return followColumns(platform, reader, [wanted.table], (name) => needed.has(name));
  }
  const names = await checkStatement(reader, wanted.sql.replaceAll(FROM_PLACEHOLDER, 'NULL'));
  // What the text does not name, it cannot read, unless it reads all.
  const isUsed = (name: string): boolean => wanted.sql.includes('*') || wanted.sql.includes(name);
  await followColumns(platform, reader, names, isUsed);
}

/**
 * The query with the watermark from which a run reads in the place of `{from}`, as a value that the run binds. The
 * text is read anew: what stood in the place before says nothing of what stands there now.
 */
async function filteredQuery(reader: Reader, sql: string, { type }: { type: string }): Promise<string> {
  const text = sql.replaceAll(FROM_PLACEHOLDER, watermarkExpression(FROM_VALUE, type));
  await checkStatement(reader, text, { [FROM_VALUE]: beginningOf(type) });
  return `(${text}\n)`;
}

function checkLoad(
  { load, mapping }: Definition,
  kind: ReturnType<typeof kindOfWatermark> | undefined,
): void {
  const hasEvents = mapping.records.some((record) => record.record === 'event');
  if (load.mode === 'full') {
    if (hasEvents)
      refuse({ reason: 'events need an incremental load: a full one would store them at each run' });
    return;
  }
  if (kind === undefined) return;
  if (load.startAt !== undefined && readWatermark(load.startAt, kind) === undefined)
    refuse({ field: 'load.startAt', reason: `not a ${kind} as the column of the watermark writes it` });
  if (load.delaySeconds > 0 && !isTime(kind))
    refuse({ field: 'load.delaySeconds', reason: 'only times can be delayed' });
  if (load.overlap > 0 && kind === 'text')
    refuse({ field: 'load.overlap', reason: 'texts cannot be moved back' });
  if (hasEvents && isTime(kind) && load.overlap > EVENT_OVERLAP_SECONDS)
    refuse({ field: 'load.overlap', reason: 'at most seven days where the records are events' });
}

function refuse(details: Record<string, unknown>): never {
  throw new CodedError('ingestion_task_invalid', { details });
}

/** The mapping of a task as that of a file; what does not say when it was so, was so at the time of its watermark. */
function fileOf(taskId: string, { load, mapping }: Definition, watermarkIsTime: boolean): FileMapping {
  const records = mapping.records.map((record) =>
    load.mode === 'incremental' && watermarkIsTime && record.record !== 'event' && record.at === undefined
      ? { ...record, at: load.watermark }
      : record,
  );
  return fileMappingSchema.parse({ file: taskId, missing: mapping.missing, records });
}

function mappingOf(taskId: string, definition: Definition, file: FileMapping): Mapping {
  const { name, sourceId, mapping } = definition;
  const parsed = mappingSchema.safeParse({
    name: taskId,
    title: { zh: name, en: name },
    sourceId,
    ...(mapping.timeZone === undefined ? {} : { timeZone: mapping.timeZone }),
    declare: mapping.declare,
    files: [file],
  });
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  throw new CodedError('mapping_invalid', { details: { problems: problems.slice(0, 20) } });
}
