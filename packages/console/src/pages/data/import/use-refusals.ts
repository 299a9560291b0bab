import type { MappingInput } from '@wutong/contract';
import { ProblemError } from '../../../api/problem-error.ts';
import { useReader } from '../../../frame/reader.tsx';
import { wordFor } from '../../../text/text.ts';
import type { RecordPlan } from '../mapping/record-plan.ts';

/** Why the server refused a mapping, in sentences by the columns of a plan; empty where it is about none of them. */
export function useRefusals(): (
  error: unknown,
  sent: MappingInput | undefined,
  plan: RecordPlan,
) => ReadonlyMap<string, string> {
  const { text } = useReader();
  const words = text.imports.run.correction.refused;
  const conflict = (details: object): string => {
    const [valueType, pii] = ['valueType', 'pii'].map((part) =>
      textOf(partOf(partOf(details, 'declared'), part)),
    );
    if (valueType) return words.valueType(wordFor(text.words.valueType, valueType));
    if (pii) return words.piiClass(wordFor(text.imports.mapping.pii, pii));
    return partOf(partOf(details, 'needed'), 'valueType') === 'string' ? words.onlyTexts : words.conflict;
  };
  return (error, sent, plan) => {
    const refusals = new Map<string, string>();
    if (!(error instanceof ProblemError)) return refusals;
    const { details = {}, problems = [] } = error.problem;
    const atField = (name: string, sentence: string): void => {
      for (const { column, use } of plan.columns)
        if (use.as === 'field' && use.field.name === name) refusals.set(column, sentence);
    };
    // Of a field of a type the server says type.field.
    const name = textOf(details['name']).split('.').at(-1)!;
    if (error.code === 'declaration_conflict') atField(name, conflict(details));
    if (error.code === 'reserved_name') atField(name, words.reserved);
    if (error.code === 'import_column_missing')
      for (const column of (details['columns'] as string[] | undefined) ?? [])
        if (plan.columns.some((each) => each.column === column)) refusals.set(column, words.absent);
    if (error.code === 'invalid_request')
      for (const { path } of problems) atField(fieldAt(sent, path.split('.').slice(2)), words.value);
    return refusals;
  };
}

const FIELDS = ['attributes', 'fields', 'properties', 'proof'];

/** The name of the field that a path of the mapping leads through; empty when it leads through none. */
function fieldAt(mapping: MappingInput | undefined, path: readonly string[]): string {
  const place = path.findLastIndex((step) => FIELDS.includes(step));
  const step = path[place + 1];
  if (place < 0 || step === undefined) return '';
  const fields = path.slice(0, place + 1).reduce<unknown>((node, each) => partOf(node, each), mapping);
  // A record names its fields, a declaration lists them.
  return Array.isArray(fields) ? textOf(partOf(partOf(fields, step), 'name')) : step;
}

const partOf = (node: unknown, step: string): unknown =>
  (node as Record<string, unknown> | undefined)?.[step];

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
