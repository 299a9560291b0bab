/** What a person says about the columns of a file or a query, and the mapping that follows from it. */
import type {
  ColumnExpression,
  FieldInput,
  MappingInput,
  MaskKind,
  PiiClass,
  TransformStep,
  ValueType,
} from '@wutong/contract';

export const recordKinds = ['person', 'event', 'detail', 'entity', 'relation', 'consent'] as const;
export type RecordKind = (typeof recordKinds)[number];

/** Parts of a record that take one column each. */
export const singleUses = [
  'id',
  'owner',
  'time',
  'event',
  'messageId',
  'from',
  'to',
  'validFrom',
  'validTo',
  'purpose',
  'channel',
  'granted',
] as const;
export type SingleUse = (typeof singleUses)[number];

/** An attribute, a field or a property that a column fills. */
export interface FieldPlan {
  name: string;
  title: { zh: string; en: string };
  valueType: ValueType;
  pii: PiiClass;
  mask?: MaskKind;
  /** Not declared yet: the mapping declares it. */
  isNew: boolean;
}

/** What becomes of a column. `keyType` of an end: that end is a person, known by this key. */
export type Use =
  | { as: 'ignore' }
  | { as: 'key'; keyType: string }
  | { as: 'field'; field: FieldPlan }
  | { as: SingleUse; keyType?: string };

const TIMES: readonly Use['as'][] = ['time', 'validFrom', 'validTo'];

/** The type of the values that a use wants; undefined where any text will do. */
export function typeOfUse(use: Use): ValueType | undefined {
  if (use.as === 'field') return use.field.valueType;
  if (TIMES.includes(use.as)) return 'datetime';
  return use.as === 'granted' ? 'boolean' : undefined;
}

export interface ColumnPlan {
  column: string;
  use: Use;
  /** How the texts of the column become values. */
  steps: TransformStep[];
  /** Patterns of dates that fit alike and say other days, of which a person must choose one. */
  orders?: string[];
}

/** A part that no column of the form says: a constant, a text put together, a second use of a column. It stays. */
export interface KeptPart {
  use: Exclude<Use, { as: 'ignore' }>;
  value: ColumnExpression;
}

/** `person` or an entity type. */
export type EndType = string;

export interface RecordPlan {
  kind: RecordKind;
  /** Name of the events when no column says it. */
  eventName: string;
  /** Name and titles of the entity, detail or relation type. */
  typeName: string;
  typeTitle: { zh: string; en: string };
  typeIsNew: boolean;
  owner: EndType;
  from: EndType;
  to: EndType;
  purpose: string;
  channel: string;
  columns: ColumnPlan[];
  kept?: readonly KeptPart[];
}

/** Which single parts a kind has, and which of them it must have. */
export const partsOf: Record<RecordKind, { may: readonly SingleUse[]; must: readonly SingleUse[] }> = {
  person: { may: ['time'], must: [] },
  event: { may: ['event', 'time', 'messageId'], must: ['time'] },
  detail: { may: ['id', 'owner', 'time'], must: ['id'] },
  entity: { may: ['id', 'time'], must: ['id'] },
  relation: { may: ['from', 'to', 'validFrom', 'validTo'], must: ['from', 'to'] },
  consent: { may: ['purpose', 'channel', 'granted', 'time'], must: ['granted'] },
};

/** Whether a row of this plan names a person by keys of its own. */
export const hasKeys = ({ kind, owner }: RecordPlan): boolean =>
  kind === 'person' || kind === 'event' || kind === 'consent' || (kind === 'detail' && owner === 'person');

/** Every part of the record with where its value comes from, in the order of the columns. */
function partsSaid(plan: RecordPlan): KeptPart[] {
  const fromColumns = plan.columns.flatMap(({ column, use, steps }): KeptPart[] =>
    use.as === 'ignore' ? [] : [{ use, value: steps.length === 0 ? column : { column, steps } }],
  );
  return [...fromColumns, ...(plan.kept ?? [])];
}

/** Whether something says this part of the record. */
export const isSaid = (plan: RecordPlan, part: Use['as']): boolean =>
  partsSaid(plan).some(({ use }) => use.as === part);

export type PlanProblem =
  | { code: 'key_missing' | 'event_missing' | 'type_missing' | 'purpose_missing' | 'fields_missing' }
  | { code: 'part_missing'; part: SingleUse }
  | { code: 'field_twice'; name: string }
  | { code: 'date_order'; column: string };

/** What is still missing before the mapping can be made; empty when it is ready. */
export function problemsOf(plan: RecordPlan): PlanProblem[] {
  const problems: PlanProblem[] = [];
  const has = (part: Use['as']): boolean => isSaid(plan, part);
  if (hasKeys(plan) && !has('key')) problems.push({ code: 'key_missing' });
  const must = [
    ...partsOf[plan.kind].must,
    ...(plan.kind === 'detail' && !hasKeys(plan) ? ['owner' as const] : []),
  ];
  for (const part of must) if (!has(part)) problems.push({ code: 'part_missing', part });
  if (plan.kind === 'event' && !has('event') && plan.eventName.trim() === '') {
    problems.push({ code: 'event_missing' });
  }
  if (['entity', 'detail', 'relation'].includes(plan.kind) && !/^[a-z][a-z0-9_]{0,47}$/.test(plan.typeName)) {
    problems.push({ code: 'type_missing' });
  }
  if (plan.kind === 'consent' && !has('purpose') && plan.purpose === '') {
    problems.push({ code: 'purpose_missing' });
  }
  const names = fieldsOf(plan).map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) problems.push({ code: 'field_twice', name: twice });
  for (const { column, steps, orders } of plan.columns) {
    if (orders && steps.length === 0) problems.push({ code: 'date_order', column });
  }
  // Keys alone are worth importing: they say who is who.
  const alone = plan.kind === 'person' && partsSaid(plan).filter(({ use }) => use.as === 'key').length < 2;
  if (alone && names.length === 0) problems.push({ code: 'fields_missing' });
  return problems;
}

/** The fields that are filled, in the order of the columns. */
export function fieldsOf(plan: RecordPlan): FieldPlan[] {
  return partsSaid(plan).flatMap(({ use }) => (use.as === 'field' ? [use.field] : []));
}

type RecordInput = MappingInput['files'][number]['records'][number];
type DeclarationsInput = NonNullable<MappingInput['declare']>;

/** The record of the mapping that the plan says. Call it when `problemsOf` is empty. */
export function recordOf(plan: RecordPlan): RecordInput {
  const said = partsSaid(plan);
  const part = (as: SingleUse): ColumnExpression | undefined => said.find(({ use }) => use.as === as)?.value;
  const keys = said.flatMap(({ use, value }) => (use.as === 'key' ? [{ type: use.keyType, value }] : []));
  const fields = Object.fromEntries(
    said.flatMap(({ use, value }) => (use.as === 'field' ? [[use.field.name, value] as const] : [])),
  );
  const end = (as: 'from' | 'to' | 'owner', type: EndType) => {
    if (type !== 'person') return { entity: type, id: part(as) ?? '' };
    const person = said.flatMap(({ use, value }) =>
      use.as === as ? [{ type: use.keyType ?? 'customer_number', value }] : [],
    );
    return { person };
  };
  const at = part('time');
  const timed = at === undefined ? {} : { at };
  switch (plan.kind) {
    case 'person':
      return { record: 'person', keys, attributes: fields, ...timed };
    case 'event': {
      const messageId = part('messageId');
      return {
        record: 'event',
        event: part('event') ?? { constant: plan.eventName.trim() },
        keys,
        time: at ?? '',
        properties: fields,
        ...(messageId === undefined ? {} : { messageId }),
      };
    }
    case 'entity':
      return { record: 'entity', type: plan.typeName, id: part('id') ?? '', fields, ...timed };
    case 'detail':
      return {
        record: 'detail',
        type: plan.typeName,
        id: part('id') ?? '',
        owner: hasKeys(plan) ? { person: keys } : end('owner', plan.owner),
        ...(at === undefined ? {} : { time: at }),
        fields,
      };
    case 'relation': {
      const [validFrom, validTo] = [part('validFrom'), part('validTo')];
      return {
        record: 'relation',
        type: plan.typeName,
        from: end('from', plan.from),
        to: end('to', plan.to),
        fields,
        ...(validFrom === undefined ? {} : { validFrom }),
        ...(validTo === undefined ? {} : { validTo }),
      };
    }
    case 'consent':
      return {
        record: 'consent',
        keys,
        purpose: part('purpose') ?? { constant: plan.purpose },
        channel: part('channel') ?? { constant: plan.channel || '*' },
        granted: part('granted') ?? { constant: true },
        proof: fields,
        ...timed,
      };
  }
}

/** What the mapping has to declare: new types, and new fields of old ones. */
export function declarationsOf(plan: RecordPlan): DeclarationsInput {
  const fresh = fieldsOf(plan)
    .filter(({ isNew }) => isNew)
    .map(({ isNew: _isNew, ...field }): FieldInput => field);
  const type = { name: plan.typeName, title: plan.typeTitle, fields: fresh };
  if (plan.kind === 'person') return { attributes: fresh };
  if (plan.kind === 'event' || plan.kind === 'consent' || (!plan.typeIsNew && fresh.length === 0)) return {};
  if (plan.kind === 'entity') {
    const titleField = plan.typeIsNew ? titleFieldOf(fresh) : undefined;
    return { entityTypes: [{ ...type, ...(titleField ? { titleField } : {}) }] };
  }
  if (plan.kind === 'detail') return { detailTypes: [{ ...type, owner: plan.owner }] };
  return { relationTypes: [{ ...type, from: plan.from, to: plan.to }] };
}

/** The field that reads like a name. */
function titleFieldOf(fields: readonly FieldInput[]): string | undefined {
  return (
    fields.find(
      ({ name, title }) => /^(name|title|.*_name)$/.test(name) || /名称|名字|简称/.test(title.zh),
    ) ?? fields.find(({ valueType }) => valueType === 'string')
  )?.name;
}
