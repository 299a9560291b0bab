import type { RecordFileForm } from '../../identity/index.ts';
import { readRows, type RowStream } from './read-rows.ts';

/** Rows of a file of records, read as an import would. @throws CodedError import_file_unreadable */
export function readRecordFile(bytes: AsyncIterable<Uint8Array>, form: RecordFileForm): Promise<RowStream> {
  return readRows(bytes, { ...form, header: undefined, sheet: undefined }, []);
}
