import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { fileMappingSchema, mappingSchema } from '../mapping.ts';

const importParams = z.object({ importId: z.uuid() });

export const importStates = ['waiting', 'running', 'finished', 'failed'] as const;

export const importFileSchema = z.object({
  file: z.string(),
  rows: z.number().int().describe('rows read and settled'),
  rejectedRows: z.number().int(),
  finished: z.boolean(),
});

export const importWarningSchema = z.object({
  file: z.string(),
  code: z
    .enum(['digits_lost'])
    .describe(
      'digits_lost: numbers of more than 15 digits, of which Excel kept 15 and made the others noughts',
    ),
  columns: z.array(z.string()),
});
export type ImportWarning = z.output<typeof importWarningSchema>;

export const importSchema = z.object({
  importId: z.string(),
  name: z.string(),
  state: z.enum(importStates),
  sourceId: z.string(),
  startedAt: z.string(),
  finishedAt: z.string().optional(),
  files: z.array(importFileSchema),
  rows: z.number().int(),
  rejectedRows: z
    .number()
    .int()
    .describe('when the files were read, of which at most 100,000 problems are kept'),
  waitingRows: z.number().int().describe('rejected rows that wait to be repaired, replayed or discarded'),
  replayedRows: z.number().int().describe('rejected rows that were taken later by a replay'),
  discardedRows: z.number().int(),
  records: z
    .record(z.string(), z.number())
    .describe(
      'records stored by kind when the files were read; `duplicate event`: stored before; `blocked key`: values of keys that were passed over because nobody can be told by them, of persons who have other keys',
    ),
  warnings: z.array(importWarningSchema).describe('what was loaded and may not be what was meant'),
  error: z.string().optional().describe('why it failed, in a sentence'),
});
export type Import = z.output<typeof importSchema>;

export const createImport = endpoint({
  name: 'createImport',
  method: 'POST',
  path: '/api/v1/imports',
  room: 'ingest',
  summary: {
    en: 'Start an import with its mapping; then send the files',
    zh: '以映射文件创建导入任务，随后上传各文件',
  },
  permission: 'source.write',
  body: z.object({ mapping: mappingSchema }),
  response: importSchema,
  errors: ['mapping_invalid', 'declaration_conflict'],
});

export const sendImportFile = endpoint({
  name: 'sendImportFile',
  method: 'POST',
  path: '/api/v1/imports/:importId/files',
  room: 'ingest',
  summary: {
    en: 'Send a file of the import as the body (CSV, JSON lines, Excel or Parquet, plain or gzip); it is loaded while it arrives. Sent again after a break, it goes on where it stopped',
    zh: '以请求体上传文件（CSV、JSON Lines、Excel 或 Parquet，可 gzip），边收边导；中断后重传将从断点继续',
  },
  permission: 'source.write',
  params: importParams,
  query: z.object({
    file: z.string().min(1).max(500),
    uploadId: z.uuid().optional().describe('a kept upload, which is then the file: the body is empty'),
  }),
  response: importSchema,
  bodyLimitBytes: 2 ** 40,
  errors: [
    'import_not_found',
    'mapping_invalid',
    'import_file_unreadable',
    'import_column_missing',
    'import_upload_not_found',
    'import_upload_elsewhere',
  ],
});

export const previewKinds = ['empty', 'text', 'number', 'boolean', 'date', 'datetime'] as const;
export const previewProblems = [
  'empty',
  'old_workbook',
  'damaged',
  'utf16',
  'binary',
  'unreadable_gzip',
  'wrong_encoding',
  'archive',
  'web_page',
  'line_ends',
  'json_document',
] as const;

export const importPreviewSchema = z.object({
  format: fileMappingSchema.shape.format.removeDefault(),
  gzip: z.boolean(),
  encoding: fileMappingSchema.shape.encoding.removeDefault(),
  delimiter: z.string().length(1),
  hasHeader: z.boolean().describe('whether the first row names the columns'),
  titleRows: z
    .number()
    .int()
    .describe('rows above the names of the columns that are a title and no data; give it to the mapping'),
  columns: z.array(
    z.object({
      name: z.string(),
      kind: z.enum(previewKinds).describe('what all of its values are'),
      samples: z.array(z.string()).describe('values that are not empty, each once, at most 5'),
      digitsLost: z
        .boolean()
        .describe(
          'Excel kept 15 digits of numbers that had more, or of a text file wrote them as 1.38E+10: such a column must be formatted as text there',
        ),
    }),
  ),
  rows: z.array(z.array(z.string())).describe('the first rows, at most 200, without the header'),
  sheets: z.array(z.string()).describe('of a workbook, in its order'),
  sheet: z.string().optional().describe('the sheet that the rows are of; default: the first not hidden'),
  hiddenSheets: z.array(z.string()).describe('those of `sheets` that Excel does not show'),
  mergedCells: z
    .number()
    .int()
    .describe(
      'ranges of merged cells of the sheet: only the upper left cell of each has a value, the others are empty; of sheets of more than 50,000 rows not told',
    ),
});
export type ImportPreview = z.output<typeof importPreviewSchema>;

export const previewImportFile = endpoint({
  name: 'previewImportFile',
  method: 'POST',
  path: '/api/v1/imports/preview',
  room: 'ingest',
  summary: {
    en: 'What a file is: format, encoding, delimiter, sheets, columns and first rows. The body is the file; of CSV and JSON lines its beginning is enough. Nothing is kept',
    zh: '识别文件：格式、编码、分隔符、工作表、列与前几行。请求体为文件（CSV 与 JSON 行只需开头部分）；不保存任何内容',
  },
  permission: 'source.write',
  query: z.object({
    format: fileMappingSchema.shape.format.removeDefault().optional(),
    encoding: fileMappingSchema.shape.encoding.removeDefault().optional(),
    delimiter: z.string().length(1).optional(),
    header: z.enum(['yes', 'no']).optional().describe('whether the first row names the columns'),
    sheet: z.string().max(255).optional(),
    uploadId: z.uuid().optional().describe('a kept upload, which is then the file: the body is empty'),
    part: z.enum(['whole', 'start']).default('whole').describe('whether the body ends where the file does'),
  }),
  response: importPreviewSchema,
  bodyLimitBytes: 2 ** 29,
  errors: ['import_file_unreadable', 'import_upload_not_found', 'import_upload_elsewhere'],
});

const uploadParams = z.object({ uploadId: z.uuid() });
export const uploadSchema = z.object({
  uploadId: z.string(),
  bytes: z.number().int().describe('length of the whole file'),
  received: z.number().int().describe('bytes that have arrived: the offset to go on at'),
});
/** Largest piece of an upload, in bytes. */
export const UPLOAD_PIECE_BYTES = 64 * 1024 * 1024;

export const beginUpload = endpoint({
  name: 'beginUpload',
  method: 'POST',
  path: '/api/v1/imports/uploads',
  room: 'ingest',
  summary: {
    en: 'Keep a file that is sent in pieces, to preview and then import it without sending it twice: for you alone, at most 512 MiB, for 30 minutes after it was last touched, by the process that took it',
    zh: '开始分片上传：文件只需上传一次即可预览并导入。仅本人可用，最大 512 MiB，最后一次使用后保留 30 分钟（由接收的进程保存）',
  },
  permission: 'source.write',
  body: z.object({ bytes: z.number().int().min(1) }),
  response: uploadSchema,
  errors: ['body_too_large', 'import_uploads_full'],
});

export const sendUploadPiece = endpoint({
  name: 'sendUploadPiece',
  method: 'POST',
  path: '/api/v1/imports/uploads/:uploadId/pieces',
  room: 'ingest',
  summary: {
    en: 'Send the next piece as the body (at most 64 MiB). One that broke off stays as far as it came: ask where to go on',
    zh: '以请求体上传下一片（最大 64 MiB）；中断的分片保留已收到的部分，查询后从该处继续',
  },
  permission: 'source.write',
  params: uploadParams,
  query: z.object({ offset: z.coerce.number().int().min(0).describe('where the piece stands in the file') }),
  response: uploadSchema,
  bodyLimitBytes: UPLOAD_PIECE_BYTES,
  errors: ['import_upload_not_found', 'import_upload_elsewhere', 'body_too_large'],
});

export const readUpload = endpoint({
  name: 'readUpload',
  method: 'GET',
  path: '/api/v1/imports/uploads/:uploadId',
  room: 'ingest',
  summary: { en: 'How much of an upload has arrived', zh: '查询分片上传已收到的字节数' },
  permission: 'source.write',
  params: uploadParams,
  response: uploadSchema,
  errors: ['import_upload_not_found'],
});

export const listImports = endpoint({
  name: 'listImports',
  method: 'GET',
  path: '/api/v1/imports',
  room: 'ingest',
  summary: { en: 'Imports, newest first', zh: '导入任务（最新在前）' },
  permission: 'source.read',
  query: z.object({
    cursor: z.string().max(200).optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
    unfinishedFile: z
      .string()
      .max(500)
      .optional()
      .describe('only those that wait for a file of this name, or for the rest of it'),
  }),
  response: z.object({ items: z.array(importSchema), nextCursor: z.string().optional() }),
});

export const readImport = endpoint({
  name: 'readImport',
  method: 'GET',
  path: '/api/v1/imports/:importId',
  room: 'ingest',
  summary: { en: 'An import with its progress', zh: '导入任务详情与进度' },
  permission: 'source.read',
  params: importParams,
  response: importSchema,
  errors: ['import_not_found'],
});

export const mappingToCorrectSchema = z.object({
  mapping: mappingSchema,
  files: z
    .array(
      z.object({
        columns: z.array(z.string()).describe('of the file; in older imports those that the mapping reads'),
        rows: z
          .array(z.array(z.string()))
          .describe(
            'cells of rejected rows that wait, at most 200 characters each; none for those who may not open personal data',
          ),
      }),
    )
    .describe('for each file of the mapping, in its order'),
});
export type MappingToCorrect = z.output<typeof mappingToCorrectSchema>;

export const readImportMapping = endpoint({
  name: 'readImportMapping',
  method: 'GET',
  path: '/api/v1/imports/:importId/mapping',
  room: 'ingest',
  summary: {
    en: 'The mapping of an import, with the columns of its files and some of the rows that it rejected',
    zh: '导入任务的映射、各文件的列与部分被拒的行',
  },
  permission: 'source.read',
  params: importParams,
  response: mappingToCorrectSchema,
  errors: ['import_not_found'],
});

export const correctImportMapping = endpoint({
  name: 'correctImportMapping',
  method: 'PUT',
  path: '/api/v1/imports/:importId/mapping',
  room: 'ingest',
  summary: {
    en: 'Correct the mapping of an import, so that its rejected rows can be replayed by it. Name, source, date and files stay, and each record stays in its place with its kind: rows keep their ids. Rows that were stored are not changed',
    zh: '更正导入的映射，以便重放其被拒行。名称、数据源、数据日期与文件不可变，各记录的位置与种类不可变（行的编号因此不变）；已入库的行不受影响',
  },
  permission: 'source.write',
  params: importParams,
  body: z.object({ mapping: mappingSchema }),
  response: importSchema,
  errors: [
    'import_not_found',
    'import_running',
    'mapping_invalid',
    'import_column_missing',
    'declaration_conflict',
  ],
});

export const readImportErrors = endpoint({
  name: 'readImportErrors',
  method: 'GET',
  path: '/api/v1/imports/:importId/errors',
  room: 'ingest',
  summary: {
    en: 'Rejected rows that still wait as CSV, also while the import runs: file, row, record, code, reason; and, for those who may open personal data, the cells',
    zh: '仍待处理的被拒行（CSV，导入进行中亦可下载）：文件、行号、记录、错误码、原因；有权查看明文者另含原始单元格',
  },
  permission: 'source.read',
  params: importParams,
  response: z.string().describe('text/csv'),
  errors: ['import_not_found'],
});
