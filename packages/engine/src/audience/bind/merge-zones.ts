import type { BoundCondition, BoundValue } from './bound.ts';

/** The same thing as bound in each time zone, and in the bank's for everybody else. */
export interface Zoned<Bound> {
  readonly cases: readonly { readonly zone: string; readonly bound: Bound }[];
  readonly otherwise: Bound;
}

/**
 * One condition from those of each zone. A person has one zone, so that `and`, `or` and `not` can be taken apart:
 * only what differs is told apart by zone, and the rest is asked once.
 */
export function mergeConditions(zone: BoundValue, zoned: Zoned<BoundCondition>): BoundCondition {
  const { otherwise } = zoned;
  if (areEqual(zoned)) return otherwise;
  const part = <Part>(take: (node: never) => Part): Zoned<Part> => partOf(zoned as never, take);
  switch (otherwise.kind) {
    case 'and':
    case 'or':
      return {
        ...otherwise,
        items: otherwise.items.map((_, index) =>
          mergeConditions(
            zone,
            part((node: typeof otherwise) => node.items[index]!),
          ),
        ),
      };
    case 'not':
      return {
        ...otherwise,
        item: mergeConditions(
          zone,
          part((node: typeof otherwise) => node.item),
        ),
      };
    case 'compare':
      return {
        ...otherwise,
        left: mergeValues(
          zone,
          part((node: typeof otherwise) => node.left),
        ),
        right: mergeValues(
          zone,
          part((node: typeof otherwise) => node.right),
        ),
      };
    case 'oneOf':
    case 'text':
    case 'missing': {
      // Their other parts hold no windows.
      const values = part((node: typeof otherwise) => node.value);
      return { ...otherwise, value: mergeValues(zone, values) };
    }
    case 'constant':
    case 'listHas':
    case 'range':
    case 'related':
    case 'sequence':
    case 'consents':
    case 'member':
    case 'changed':
      return tellApart(zone, zoned);
  }
}

/** One value from those of each zone; standings compare everybody by the value in their own zone. */
export function mergeValues(zone: BoundValue, zoned: Zoned<BoundValue>): BoundValue {
  const { otherwise } = zoned;
  if (areEqual(zoned)) return otherwise;
  const part = <Part>(take: (node: never) => Part): Zoned<Part> => partOf(zoned as never, take);
  switch (otherwise.kind) {
    case 'standing': {
      const values = part((node: typeof otherwise) => node.value);
      return { ...otherwise, value: mergeValues(zone, values) };
    }
    case 'rfm': {
      const merged = (name: 'recency' | 'frequency' | 'money'): BoundValue =>
        mergeValues(
          zone,
          part((node: typeof otherwise) => node[name]),
        );
      return {
        ...otherwise,
        recency: merged('recency'),
        frequency: merged('frequency'),
        money: merged('money'),
      };
    }
    case 'arithmetic':
      return {
        ...otherwise,
        left: mergeValues(
          zone,
          part((node: typeof otherwise) => node.left),
        ),
        right: mergeValues(
          zone,
          part((node: typeof otherwise) => node.right),
        ),
      };
    case 'tier':
      return {
        ...otherwise,
        tiers: otherwise.tiers.map((tier, index) => ({
          label: tier.label,
          when: mergeConditions(
            zone,
            part((node: typeof otherwise) => node.tiers[index]!.when),
          ),
        })),
      };
    case 'call': {
      const values = part((node: typeof otherwise) => node.value);
      return { ...otherwise, value: mergeValues(zone, values) };
    }
    case 'literal':
    case 'field':
    case 'reference':
    case 'property':
    case 'eventPart':
    case 'entityId':
    case 'tag':
    case 'dateOf':
    case 'datePart':
    case 'elapsed':
    case 'anniversary':
    case 'aggregate':
    case 'activeShare':
    case 'streak':
    case 'gap':
    case 'top':
    case 'distribution':
    case 'daysIn':
    case 'byZone':
      return {
        kind: 'byZone',
        zone,
        cases: different(zoned).map(({ zone: name, bound }) => ({ zone: name, value: bound })),
        otherwise,
        type: otherwise.type,
        unit: otherwise.unit,
      };
  }
}

function partOf<Part>(zoned: Zoned<never>, take: (node: never) => Part): Zoned<Part> {
  return {
    cases: zoned.cases.map(({ zone, bound }) => ({ zone, bound: take(bound) })),
    otherwise: take(zoned.otherwise),
  };
}

/** The zones in which something else holds than in the bank's. */
function different<Bound>(zoned: Zoned<Bound>): Zoned<Bound>['cases'] {
  const text = JSON.stringify(zoned.otherwise);
  return zoned.cases.filter(({ bound }) => JSON.stringify(bound) !== text);
}

const areEqual = (zoned: Zoned<unknown>): boolean => different(zoned).length === 0;

function tellApart(zone: BoundValue, zoned: Zoned<BoundCondition>): BoundCondition {
  const cases = different(zoned);
  const list: BoundValue = { kind: 'literal', type: 'text', value: cases.map((each) => each.zone) };
  const elsewhere: BoundCondition = {
    kind: 'not',
    item: { kind: 'oneOf', value: zone, list, negated: false },
  };
  const inZones = cases.map(({ zone: name, bound }): BoundCondition => {
    const right: BoundValue = { kind: 'literal', type: 'text', value: name };
    return { kind: 'and', items: [{ kind: 'compare', operator: '=', left: zone, right }, bound] };
  });
  return { kind: 'or', items: [...inZones, { kind: 'and', items: [elsewhere, zoned.otherwise] }] };
}
