import { importsApi, type QueryInputOf, type ResponseOf } from '@wutong/contract';
import { keepUpload } from '../../../api/keep-upload.ts';
import { postFile } from '../../../api/post-file.ts';
import { ProblemError } from '../../../api/problem-error.ts';

/** What a file is; with the upload in which the server keeps it, where it had to be sent whole. */
export type FileHead = ResponseOf<typeof importsApi.previewImportFile> & { uploadId?: string };
export type Encoding = FileHead['encoding'];
export type HeadProblem = (typeof importsApi.previewProblems)[number];

export const encodings = ['utf-8', 'gb18030', 'gbk', 'windows-1250', 'latin1'] as const;
export const delimiters = [',', '\t', ';', '|'] as const;
export const formats = ['csv', 'ndjson', 'xlsx', 'parquet'] as const;

/** How a person corrects what was detected. */
export interface HeadChoice {
  format?: FileHead['format'] | undefined;
  encoding?: Encoding | undefined;
  delimiter?: string | undefined;
  hasHeader?: boolean | undefined;
  sheet?: string | undefined;
}

/** Texts are told by their beginning; Excel and Parquet keep their directory at the end. */
const START_BYTES = 256 * 1024;

/**
 * Asks the server what a file is. Of a text file only the beginning is sent; what is packed is sent once and kept there
 * for further looks and for the import, where somebody follows that with `onSent`. Throws ProblemError.
 */
export async function previewImport(
  file: File,
  choice: HeadChoice,
  onSent?: (share: number) => void,
): Promise<FileHead> {
  const mark = await file.slice(0, 4).text();
  const isPacked = mark === 'PK\u0003\u0004' || mark === 'PAR1';
  const uploadId = isPacked && onSent ? await keepUpload(file, onSent) : undefined;
  const whole = isPacked || file.size <= START_BYTES;
  const query: QueryInputOf<typeof importsApi.previewImportFile> = {
    part: whole ? 'whole' : 'start',
    format: choice.format,
    encoding: choice.encoding,
    delimiter: choice.delimiter,
    header: choice.hasHeader === undefined ? undefined : choice.hasHeader ? 'yes' : 'no',
    sheet: choice.sheet,
    uploadId,
  };
  if (uploadId !== undefined) return { ...(await postFile(importsApi.previewImportFile, query)), uploadId };
  return postFile(importsApi.previewImportFile, query, whole ? file : file.slice(0, START_BYTES));
}

/** What is in the way of showing a file, when it is something of the file itself. */
export function headProblemOf(error: unknown): HeadProblem | undefined {
  if (!(error instanceof ProblemError) || error.code !== 'import_file_unreadable') return undefined;
  return error.problem.details?.['problem'] as HeadProblem | undefined;
}
