/** The form of a mapping that is there already: the way back from a record to what a person says about columns. */
import type { Catalogue, ColumnExpression, EndExpression, RecordMapping, ValueType } from '@wutong/contract';
import type { FieldPlan, KeptPart, RecordPlan, SingleUse } from './record-plan.ts';
import { declaredFields, declaredPlan, emptyPlan, type SampledColumn } from './suggest-plan.ts';
import { detectType } from './value-shape.ts';

/** What a record says, in the columns of its file; what the form cannot say is kept as it is. */
export function planOfRecord(
  record: RecordMapping,
  columns: readonly SampledColumn[],
  catalogue: Catalogue | undefined,
): RecordPlan {
  const plan = settingsOf(record, emptyPlan(record.record, columns), catalogue);
  const kept: KeptPart[] = [];
  const planned = [...plan.columns];
  for (const part of partsOfRecord(record, (name, value) => fieldOf(name, value))) {
    const read = typeof part.value === 'string' ? { column: part.value, steps: [] } : part.value;
    const place =
      'column' in read && !('lookup' in read)
        ? planned.findIndex(({ column, use }) => column === read.column && use.as === 'ignore')
        : -1;
    if (place < 0) kept.push(part);
    else planned[place] = { column: planned[place]!.column, use: part.use, steps: stepsOf(part.value) };
  }
  return { ...plan, columns: planned, kept };

  function fieldOf(name: string, value: ColumnExpression): FieldPlan {
    const found = declaredFields(plan, catalogue).find((each) => each.name === name);
    if (found) return declaredPlan(found);
    return { name, title: { zh: name, en: name }, valueType: typeOf(value), pii: 'none', isNew: true };
  }

  function typeOf(value: ColumnExpression): ValueType {
    for (const step of stepsOf(value)) {
      if ('date' in step) return step.date.includes('h') ? 'datetime' : 'date';
      if ('excelDate' in step) return 'date';
      if ('number' in step) return 'number';
      if ('boolean' in step || 'atLeast' in step) return 'boolean';
    }
    const name = typeof value === 'string' ? value : 'column' in value ? value.column : '';
    return detectType(columns.find((each) => each.name === name)?.samples ?? []);
  }
}

const stepsOf = (value: ColumnExpression) =>
  typeof value === 'object' && 'steps' in value ? value.steps : [];

const textOf = (value: ColumnExpression): string | undefined =>
  typeof value === 'object' && 'constant' in value && typeof value.constant === 'string'
    ? value.constant
    : undefined;

const endOf = (end: EndExpression): string => ('person' in end ? 'person' : end.entity);

/** What is said once for all rows. */
function settingsOf(record: RecordMapping, plan: RecordPlan, catalogue: Catalogue | undefined): RecordPlan {
  if (record.record === 'person') return plan;
  if (record.record === 'event') return { ...plan, eventName: textOf(record.event) ?? '' };
  if (record.record === 'consent') {
    return { ...plan, purpose: textOf(record.purpose) ?? '', channel: textOf(record.channel) ?? '*' };
  }
  const types = {
    entity: catalogue?.entityTypes,
    detail: catalogue?.detailTypes,
    relation: catalogue?.relationTypes,
  }[record.record];
  const found = types?.find(({ name }) => name === record.type);
  return {
    ...plan,
    typeName: record.type,
    typeTitle: found?.title ?? { zh: record.type, en: record.type },
    typeIsNew: found === undefined,
    ...(record.record === 'detail' ? { owner: endOf(record.owner) } : {}),
    ...(record.record === 'relation' ? { from: endOf(record.from), to: endOf(record.to) } : {}),
  };
}

type Parts = KeptPart[];

/** Every part of a record that a column can say; those of `settingsOf` are left out. */
function partsOfRecord(
  record: RecordMapping,
  fieldOf: (name: string, value: ColumnExpression) => FieldPlan,
): Parts {
  const keys = (list: readonly { type: string; value: ColumnExpression }[]): Parts =>
    list.map(({ type, value }) => ({ use: { as: 'key', keyType: type }, value }));
  const fields = (list: Readonly<Record<string, ColumnExpression>>): Parts =>
    Object.entries(list).map(([name, value]) => ({
      use: { as: 'field', field: fieldOf(name, value) },
      value,
    }));
  const one = (as: SingleUse, value: ColumnExpression | undefined): Parts =>
    value === undefined ? [] : [{ use: { as }, value }];
  const said = (as: SingleUse, value: ColumnExpression): Parts =>
    textOf(value) === undefined ? one(as, value) : [];
  const end = (as: 'from' | 'to', value: EndExpression): Parts =>
    'person' in value
      ? value.person.map((key) => ({ use: { as, keyType: key.type }, value: key.value }))
      : one(as, value.id);
  switch (record.record) {
    case 'person':
      return [...keys(record.keys), ...fields(record.attributes), ...one('time', record.at)];
    case 'entity':
      return [...one('id', record.id), ...fields(record.fields), ...one('time', record.at)];
    case 'event':
      return [
        ...said('event', record.event),
        ...keys(record.keys),
        ...one('time', record.time),
        ...fields(record.properties),
        ...one('messageId', record.messageId),
      ];
    case 'detail':
      return [
        ...one('id', record.id),
        ...('person' in record.owner ? keys(record.owner.person) : one('owner', record.owner.id)),
        ...one('time', record.time),
        ...fields(record.fields),
      ];
    case 'relation':
      return [
        ...end('from', record.from),
        ...end('to', record.to),
        ...fields(record.fields),
        ...one('validFrom', record.validFrom),
        ...one('validTo', record.validTo),
      ];
    case 'consent':
      return [
        ...keys(record.keys),
        ...said('purpose', record.purpose),
        ...said('channel', record.channel),
        ...one('granted', record.granted),
        ...fields(record.proof),
        ...one('time', record.at),
      ];
  }
}
