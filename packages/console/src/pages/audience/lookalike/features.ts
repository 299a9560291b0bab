/** By what people are compared: expressions, proposed from the bank's own names. Pure. */
import type { InsightNames } from '../../insight/question/use-insight-names.ts';

/** As many attributes and events as a first proposal has. */
const MOST_ATTRIBUTES = 8;
const MOST_EVENTS = 3;
const DAYS = 30;
/** Names that need no quotes in an expression. */
const PLAIN = /^[a-z_][a-z0-9_]*$/i;
const COUNT = /^count\(event (?:`(.+)`|([A-Za-z_][A-Za-z0-9_]*)) within last (\d+) days\)$/;

const quoted = (name: string): string => (PLAIN.test(name) ? name : `\`${name}\``);

export const countOf = (event: string): string => `count(event ${quoted(event)} within last ${DAYS} days)`;

/** All that can be chosen: attributes, and how often the bank's own events happened. */
export function featuresOf(names: InsightNames): string[] {
  const events = names.events.filter(({ name }) => !name.startsWith('$'));
  return [...names.attributes.map(({ name }) => quoted(name)), ...events.map(({ name }) => countOf(name))];
}

/** What a lookalike begins with: the first attributes and the most frequent events. */
export function suggestedFeatures(names: InsightNames): string[] {
  const events = names.events.filter(({ name }) => !name.startsWith('$'));
  return [
    ...names.attributes.slice(0, MOST_ATTRIBUTES).map(({ name }) => quoted(name)),
    ...events.slice(0, MOST_EVENTS).map(({ name }) => countOf(name)),
  ];
}

/** What a feature is made of, where it is one of those proposed here. */
export function readFeature(
  text: string,
): { kind: 'attribute'; name: string } | { kind: 'count'; event: string; days: string } | { kind: 'other' } {
  const count = COUNT.exec(text);
  if (count) return { kind: 'count', event: count[1] ?? count[2] ?? '', days: count[3] ?? '' };
  const name = text.startsWith('`') && text.endsWith('`') ? text.slice(1, -1) : text;
  return PLAIN.test(text) || text !== name ? { kind: 'attribute', name } : { kind: 'other' };
}
