import { suggestName, type EqlDocument, type EqlProblem } from '@wutong/contract';
import { isTimeZone } from '../calendar.ts';
import { conditionInEachZone, valueInEachZone } from './bind-each-zone.ts';
import { bindCondition } from './bind-condition.ts';
import { bindEventSource } from './bind-source.ts';
import { bindProperty } from './bind-name.ts';
import { bindValue } from './bind-value.ts';
import {
  BindError,
  refuse,
  requireType,
  type Binder,
  type BindingEnvironment,
  type Scope,
} from './binder.ts';
import { suggestTitled } from './suggest-meaning.ts';
import type { BoundEventSource, BoundQuery, BoundValue, Subject } from './bound.ts';

/** What binding gives: the bound query and what it uses, or the first problem. */
export type BindOutcome =
  | {
      readonly query: BoundQuery;
      readonly usedSegments: ReadonlySet<string>;
      readonly usedTags: ReadonlySet<string>;
      /** Attributes and tags of the population that its conditions compare. */
      readonly comparedFields: readonly BoundValue[];
      readonly problem?: undefined;
    }
  | { readonly problem: EqlProblem; readonly query?: undefined };

/** Resolves every name, type, unit and window of a document against a catalogue and an instant. */
export function bindDocument(document: EqlDocument, environment: BindingEnvironment): BindOutcome {
  try {
    const binder = createBinder(zonedEnvironment(environment, document.timeZone), []);
    const query = bindQuery(binder, document);
    return {
      query,
      usedSegments: binder.usedSegments,
      usedTags: binder.usedTags,
      comparedFields: [...binder.comparedFields.values()],
    };
  } catch (error) {
    if (error instanceof BindError) return { problem: error.problem };
    throw error;
  }
}

/** The environment with the time zone that a document names. */
function zonedEnvironment(
  environment: BindingEnvironment,
  timeZone: string | undefined,
): BindingEnvironment & { bankTimeZone: string } {
  const bankTimeZone = environment.bankTimeZone ?? environment.time.timeZone;
  if (timeZone === undefined) return { ...environment, bankTimeZone };
  const { zones } = environment.time;
  const known = zones ? zones.get(timeZone.toLowerCase()) : timeZone;
  if (known === undefined || !isTimeZone(known)) {
    const nearest = suggestName(timeZone, zones?.values() ?? []);
    const hint =
      nearest === undefined
        ? { en: '', zh: '' }
        : { en: ` Did you mean “${nearest}”?`, zh: `您是否想写“${nearest}”？` };
    throw new BindError({
      code: 'bad_time_zone',
      en: `There is no time zone “${timeZone}”; write one such as Asia/Shanghai.${hint.en}`,
      zh: `没有时区“${timeZone}”，请写成 Asia/Shanghai 这样的名称。${hint.zh}`,
      ...(nearest === undefined ? {} : { suggestion: nearest }),
      path: 'timeZone',
    });
  }
  return { ...environment, bankTimeZone, time: { ...environment.time, timeZone: known } };
}

function createBinder(
  environment: BindingEnvironment,
  openSegments: readonly string[],
  notes: Pick<Binder, 'usedSegments' | 'usedTags' | 'comparedFields'> = {
    usedSegments: new Set(),
    usedTags: new Set(),
    comparedFields: new Map(),
  },
): Binder {
  const binder: Binder = {
    environment,
    condition: (node, scope) => bindCondition(binder, node, scope),
    value: (node, scope) => bindValue(binder, node, scope),
    ...notes,
    openSegments,
    inside(segmentId, timeZone) {
      const zoned = zonedEnvironment(environment, timeZone ?? environment.bankTimeZone);
      // What the segment uses counts as its own use, not as this expression's.
      return createBinder({ ...zoned, positionOf: () => undefined }, [...openSegments, segmentId]);
    },
    inZone: (timeZone) => createBinder(zonedEnvironment(environment, timeZone), openSegments, notes),
  };
  return binder;
}

const PERSON: Scope = { subject: { kind: 'person' }, row: false, path: 'value' };

function bindQuery(binder: Binder, document: EqlDocument): BoundQuery {
  switch (document.kind) {
    case 'population': {
      const subject = populationOf(binder, document);
      const scope: Scope = { subject, row: false, path: 'where' };
      const { where, timeZoneOf } = document;
      if (!where) return { kind: 'population', subject, where: { kind: 'constant', value: true } };
      const bound =
        timeZoneOf === undefined
          ? binder.condition(where, scope)
          : conditionInEachZone(binder, timeZoneOf, scope, (zoned) => zoned.condition(where, scope));
      return { kind: 'population', subject, where: bound };
    }
    case 'value':
    case 'tier':
    case 'rfm': {
      const { timeZoneOf } = document;
      if (timeZoneOf === undefined) return { kind: 'value', value: bindDocumentValue(binder, document) };
      const value = valueInEachZone(binder, timeZoneOf, PERSON, (zoned) =>
        bindDocumentValue(zoned, document),
      );
      return { kind: 'value', value };
    }
  }
}

function bindDocumentValue(
  binder: Binder,
  document: Exclude<EqlDocument, { kind: 'population' }>,
): BoundValue {
  switch (document.kind) {
    case 'value':
      return binder.value(document.value, PERSON);
    case 'tier':
      return {
        kind: 'tier',
        tiers: document.tiers.map((tier, index) => ({
          label: tier.label,
          when: binder.condition(tier.when, { ...PERSON, path: `tiers[${index}].when` }),
        })),
        otherwise: document.otherwise,
        type: 'text',
      };
    case 'rfm':
      return bindRfm(binder, document, PERSON);
  }
}

function populationOf(
  binder: Binder,
  document: Extract<EqlDocument, { kind: 'population' }>,
): Extract<Subject, { kind: 'person' | 'entity' }> {
  if (document.of === 'person') return { kind: 'person' };
  const { entityTypes } = binder.environment.catalogue.model;
  const entity = entityTypes.find((type) => type.name === document.of);
  if (entity) return { kind: 'entity', type: entity.name, table: entity.table };
  const all = ['person', ...entityTypes.map((type) => type.name)];
  return refuse(
    binder,
    document,
    { subject: { kind: 'person' }, row: false, path: 'of' },
    {
      code: 'unknown_name',
      en: `There is no population “${document.of}”; there are ${all.slice(0, 20).join(', ')}.`,
      zh: `没有总体“${document.of}”；可用：${all.slice(0, 20).join('、')}。`,
      suggestion: suggestTitled(document.of, [{ name: 'person', title: '客户' }, ...entityTypes]) ?? 'person',
      word: document.of,
    },
  );
}

/** Recency is the newest time, frequency the count, money the sum of the named property. */
function bindRfm(binder: Binder, document: Extract<EqlDocument, { kind: 'rfm' }>, scope: Scope): BoundValue {
  const source = bindEventSource(binder, document.source, scope);
  const inner: Scope = { subject: { kind: 'event' }, event: document.source.event, row: true, path: 'value' };
  const amount = bindProperty(binder, document.source, document.value, inner);
  requireType(binder, document.source, scope, amount, ['number']);
  const aggregate = (
    name: 'max' | 'count' | 'sum',
    property: BoundValue | undefined,
    type: 'instant' | 'number',
  ): BoundValue => {
    const over: BoundEventSource = { ...source, property };
    const { timeZone } = binder.environment.time;
    return { kind: 'aggregate', function: name, source: over, byDay: false, timeZone, type };
  };
  return {
    kind: 'rfm',
    buckets: document.buckets,
    recency: aggregate('max', { kind: 'eventPart', part: 'time', type: 'instant' }, 'instant'),
    frequency: aggregate('count', undefined, 'number'),
    money: aggregate('sum', amount, 'number'),
    type: 'text',
  };
}
