import type { MappingInput } from '@wutong/contract';
import { declarationsOf, recordOf, type RecordPlan } from '../mapping/record-plan.ts';
import type { FileHead } from './preview-import.ts';

interface ImportWish {
  title: string;
  sourceId: string;
  /** ISO 8601, when the file was true. */
  asOf?: string;
}

/** The mapping of one file, as the import API takes it. */
export function mappingOf(
  file: Pick<File, 'name' | 'size' | 'lastModified'>,
  head: FileHead,
  plan: RecordPlan,
  wish: ImportWish,
): MappingInput {
  const title = wish.title.trim() || file.name;
  return {
    name: importName(file),
    title: { zh: title, en: title },
    sourceId: wish.sourceId,
    ...(wish.asOf ? { asOf: wish.asOf } : {}),
    declare: declarationsOf(plan),
    files: [
      {
        file: file.name,
        format: head.format,
        encoding: head.encoding,
        delimiter: head.delimiter,
        ...(head.sheet === undefined ? {} : { sheet: head.sheet }),
        ...(head.hasHeader ? {} : { header: head.columns.map(({ name }) => name) }),
        ...(head.titleRows === 0 ? {} : { titleRows: head.titleRows }),
        records: [recordOf(plan)],
      },
    ],
  };
}

/**
 * A name that is the same for the same file and another for a changed one: ids of records without an id of their own
 * are made of it, so that a file imported twice counts once.
 */
function importName({ name, size, lastModified }: Pick<File, 'name' | 'size' | 'lastModified'>): string {
  const slug = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40);
  const version = (lastModified * 31 + size).toString(36);
  return `${slug || 'file'}-${version}`.slice(0, 64);
}
