/** What a page asks before somebody has asked: the same kind of question about the bank's own events. */
import { analysisSchema, sequenceRequestSchema } from '@wutong/contract';
import { ANY_EVENT, type InsightNames, type NamedEvent } from './use-insight-names.ts';
import type { BehaviourKind, Question } from './question.ts';

const LAST_MONTH = { lastDays: 30 };
const LAST_QUARTER = { lastDays: 90 };
const DAY_MS = 86_400_000;
const GOAL = '$goal_reached';

/** Words that names of events commonly have, by the part such an event plays. */
const VISIT = /open|start|login|visit|launch/i;
const LOOK = /view|browse|page|look|search/i;
const CONVERSION = /purchase|buy|order|renew|pay|apply|convert/i;

interface Parts {
  visit: string;
  look: string;
  conversion: string;
  /** A numeric property of the conversion. */
  amount: string | undefined;
}

/** The events that play the parts, by name first and by frequency second. */
function partsOf(names: InsightNames): Parts {
  const collected = names.events.filter(({ name }) => !name.startsWith('$'));
  const pick = (pattern: RegExp, without: (NamedEvent | undefined)[]) => {
    const rest = collected.filter((each) => !without.includes(each));
    return rest.find(({ name }) => pattern.test(name)) ?? rest[0];
  };
  const visit = pick(VISIT, []);
  const conversion = pick(CONVERSION, [visit]) ?? visit;
  const look = pick(LOOK, [visit, conversion]) ?? conversion;
  return {
    visit: visit?.name ?? ANY_EVENT,
    look: look?.name ?? ANY_EVENT,
    conversion: conversion?.name ?? ANY_EVENT,
    amount: conversion?.properties.find(({ numeric }) => numeric)?.name,
  };
}

/** The first question of a kind, of the last month or quarter. */
export function firstQuestion(kind: BehaviourKind, names: InsightNames): Question {
  const { visit, look, conversion, amount } = partsOf(names);
  const event = (name: string) => ({ event: name });
  switch (kind) {
    case 'trend':
      return analysisSchema.parse({
        kind,
        period: LAST_MONTH,
        series: [
          { event: visit, measure: { kind: 'people' } },
          { event: look, measure: { kind: 'people' } },
        ],
        compare: 'previous_period',
      });
    case 'funnel':
      return analysisSchema.parse({
        kind,
        period: LAST_QUARTER,
        steps: stepsOf([visit, look, conversion]).map(event),
        timeToConvert: true,
        windowMs: 7 * DAY_MS,
      });
    case 'retention':
      return analysisSchema.parse({
        kind,
        period: LAST_QUARTER,
        start: event(visit),
        returning: event(visit),
        unit: 'week',
        periods: 8,
      });
    case 'path':
      return analysisSchema.parse({ kind, period: LAST_MONTH, anchor: { kind: 'start', event: visit } });
    case 'distribution':
      return analysisSchema.parse({ kind, period: LAST_MONTH, event: event(visit) });
    case 'interval':
      return analysisSchema.parse({
        kind,
        period: LAST_QUARTER,
        first: event(look),
        next: event(conversion),
      });
    case 'attribution':
      return analysisSchema.parse({
        kind,
        period: LAST_QUARTER,
        touches: touchesOf(names, look).map(event),
        // The goals of strategies are what touches are made for.
        conversion: event(names.events.some(({ name }) => name === GOAL) ? GOAL : conversion),
        models: ['first', 'last', 'linear', 'markov'],
      });
    case 'lifetime_value':
      return analysisSchema.parse({
        kind,
        period: LAST_QUARTER,
        start: event(visit),
        value: event(conversion),
        valueProperty: amount,
        unit: 'week',
        periods: 8,
      });
    case 'session':
      return analysisSchema.parse({ kind, period: LAST_MONTH });
    case 'recency':
      return analysisSchema.parse({ kind, period: LAST_QUARTER, ...mostValued(names) });
    case 'sequence':
      return { ...sequenceRequestSchema.parse({ period: LAST_MONTH }), kind };
  }
}

/** Each event once; the same one twice where a bank has but one. */
function stepsOf(events: readonly string[]): string[] {
  const once = [...new Set(events)];
  return once.length > 1 ? once : events.slice(0, 2);
}

/** The platform's own touches that occur here, and what people look at by themselves. */
function touchesOf(names: InsightNames, look: string): string[] {
  const own = ['$message_delivered', '$message_clicked', '$slot_shown'];
  return [...own.filter((touch) => names.events.some(({ name }) => name === touch)), look];
}

/** The most frequent event with a number worth adding up. */
function mostValued(names: InsightNames): { event: { event: string }; valueProperty: string } {
  const valued = names.events.filter(({ name }) => !name.startsWith('$'));
  const amount = ({ properties }: NamedEvent) =>
    properties.find(({ name, numeric }) => numeric && /amount|price|value|total/i.test(name));
  const found = valued.find((each) => amount(each));
  return {
    event: { event: found?.name ?? ANY_EVENT },
    valueProperty: (found && amount(found)?.name) ?? 'amount',
  };
}
