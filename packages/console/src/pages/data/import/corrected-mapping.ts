/** A mapping that is being corrected: its records as forms, and the mapping that follows. */
import type { importsApi, Mapping, MappingInput } from '@wutong/contract';
import { declarationsOf, recordOf, type RecordPlan } from '../mapping/record-plan.ts';
import type { SampledColumn } from '../mapping/suggest-plan.ts';

/** A record of the mapping, by its place: `file` and `record` count from 0. */
export interface RecordPlace {
  file: number;
  record: number;
}

/** What was changed, by `placeName`. */
export type EditedPlans = Readonly<Record<string, RecordPlan>>;

export const placeName = ({ file, record }: RecordPlace): string => `${file} ${record}`;

/** Every record of a mapping, in its order. */
export const placesOf = ({ files }: Mapping): RecordPlace[] =>
  files.flatMap(({ records }, file) => records.map((_record, record) => ({ file, record })));

/** The columns of a file, with what rejected rows have in them. */
export const sampledOf = ({ columns, rows }: importsApi.MappingToCorrect['files'][number]): SampledColumn[] =>
  columns.map((name, index) => ({ name, samples: rows.map((row) => row[index] ?? '') }));

/** The mapping with the changed records in the place of its own; what forms do not show stays. */
export function correctedMapping(mapping: Mapping, edited: EditedPlans): MappingInput {
  return {
    ...mapping,
    declare: Object.values(edited).map(declarationsOf).reduce<Declarations>(merged, mapping.declare),
    files: mapping.files.map((file, place) => ({
      ...file,
      records: file.records.map((record, index) => {
        const plan = edited[placeName({ file: place, record: index })];
        return plan ? ({ ...unshownOf(record), ...recordOf(plan) } as RecordInput) : record;
      }),
    })),
  };
}

type Declarations = NonNullable<MappingInput['declare']>;
type RecordInput = MappingInput['files'][number]['records'][number];

/** What a record says that its form does not show. */
function unshownOf(record: Mapping['files'][number]['records'][number]): object {
  const { when } = record;
  const shared = when === undefined ? {} : { when };
  if (record.record === 'person') return { ...shared, link: record.link, action: record.action };
  // The time of the form is when a detail happened; when it was so is another one.
  const hasOwnTime = record.record === 'detail' || record.record === 'relation';
  return hasOwnTime && record.at !== undefined ? { ...shared, at: record.at } : shared;
}

/** Declarations with further ones: fields are added to the types that are there. */
function merged(before: Declarations, more: Declarations): Declarations {
  return {
    ...before,
    attributes: byName(before.attributes, more.attributes, (_old, added) => added),
    entityTypes: byName(before.entityTypes, more.entityTypes, withFields),
    relationTypes: byName(before.relationTypes, more.relationTypes, withFields),
    detailTypes: byName(before.detailTypes, more.detailTypes, withFields),
  };
}

function byName<Each extends { name: string }>(
  before: readonly Each[] = [],
  more: readonly Each[] = [],
  both: (old: Each, added: Each) => Each,
): Each[] {
  const all = new Map(before.map((each) => [each.name, each]));
  for (const each of more) {
    const old = all.get(each.name);
    all.set(each.name, old ? both(old, each) : each);
  }
  return [...all.values()];
}

const withFields = <Type extends { fields?: { name: string }[] | undefined }>(
  old: Type,
  added: Type,
): Type => ({
  ...old,
  fields: byName(old.fields, added.fields, (_old, field) => field),
});
