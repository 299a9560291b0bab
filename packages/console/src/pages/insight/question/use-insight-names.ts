/** Names that questions are made of, with their titles: events, properties, attributes, segments. */
import { useMemo } from 'react';
import { audienceApi, ingestApi, type AnalysedEvent, type ResponseOf } from '@wutong/contract';
import { useRead } from '../../../api/use-endpoint.ts';
import { useCatalogue } from '../../../frame/use-catalogue.ts';
import { useReader } from '../../../frame/reader.tsx';
import { useMay } from '../../../frame/session.tsx';
import type { Text } from '../../../text/text.ts';
import { wordFor } from '../../../text/text.ts';

/** `*` stands for any collected event. */
export const ANY_EVENT = '*';

export interface NamedProperty {
  name: string;
  title: string;
  numeric: boolean;
}

export interface NamedEvent {
  name: string;
  title: string;
  /** How often it was collected; 0 where the reader may not see the tracking plan. */
  usage: number;
  properties: readonly NamedProperty[];
}

export interface InsightNames {
  /** Most frequent first; the platform's own facts (`$…`) last. */
  events: readonly NamedEvent[];
  attributes: readonly NamedProperty[];
  segments: readonly { segmentId: string; name: string }[];
  tags: readonly { tagId: string; name: string }[];
  event: (name: string) => string;
  property: (name: string) => string;
  attribute: (name: string) => string;
  /** The name of an event of a question: its own title, else the event's. */
  shown: (event: Pick<AnalysedEvent, 'event' | 'title'>) => string;
}

const RENEW = { refetchIntervalMs: 300_000 };

/** `settled` is false while the names are still being read: defaults would be made of nothing. */
export function useInsightNames(): InsightNames & { settled: boolean } {
  const { text, language } = useReader();
  const mayCatalogue = useMay(audienceApi.readCatalogue);
  const mayPlan = useMay(ingestApi.listTrackingPlan);
  const catalogue = useRead(audienceApi.readCatalogue, undefined, { ...RENEW, enabled: mayCatalogue });
  const plan = useRead(ingestApi.listTrackingPlan, { query: {} }, { ...RENEW, enabled: mayPlan });
  const model = useCatalogue();
  const settled =
    (!mayCatalogue || catalogue.isSuccess || catalogue.isError) &&
    (!mayPlan || plan.isSuccess || plan.isError);
  const names = useMemo(() => namesOf(text, catalogue.data, plan.data), [text, catalogue.data, plan.data]);
  // The model's titles are in both languages, the catalogue's in the bank's own.
  const attributeTitle = (name: string) =>
    model?.attributes.find((each) => each.name === name)?.title[language] ||
    names.attributes.find((each) => each.name === name)?.title ||
    name;
  return {
    ...names,
    attributes: names.attributes.map((each) => ({ ...each, title: attributeTitle(each.name) })),
    attribute: attributeTitle,
    settled,
  };
}

type Catalogue = ResponseOf<typeof audienceApi.readCatalogue>;
type Plan = ResponseOf<typeof ingestApi.listTrackingPlan>;

function namesOf(
  text: Text,
  catalogue: Catalogue | undefined,
  plan: Plan | undefined,
): Omit<InsightNames, 'attribute'> {
  const usage = new Map(plan?.items.map((each) => [each.event, each.usage]));
  const own = (name: string) => name.startsWith('$');
  const eventTitle = (name: string, title: string) =>
    (own(name) ? undefined : title) || wordFor(text.words.event, name) || title;
  const propertyTitle = (name: string, title: string) => title || wordFor(text.words.property, name);
  const events = (catalogue?.events ?? [])
    .map((each): NamedEvent => ({
      name: each.name,
      title: eventTitle(each.name, each.title),
      usage: usage.get(each.name) ?? 0,
      properties: each.properties.map(({ name, title, type }) => ({
        name,
        title: propertyTitle(name, title),
        numeric: type === 'number',
      })),
    }))
    .toSorted((left, right) => Number(own(left.name)) - Number(own(right.name)) || right.usage - left.usage);
  const titles = new Map(events.map(({ name, title }) => [name, title]));
  const properties = new Map(
    events.flatMap((each) => each.properties.map(({ name, title }): [string, string] => [name, title])),
  );
  const event = (name: string) =>
    name === ANY_EVENT ? text.insight.anyEvent : (titles.get(name) ?? wordFor(text.words.event, name));
  return {
    events,
    attributes: (catalogue?.attributes ?? [])
      .filter(({ encrypted }) => !encrypted)
      .map(({ name, title, type }) => ({ name, title, numeric: type === 'number' })),
    segments: catalogue?.segments ?? [],
    tags: catalogue?.tags ?? [],
    event,
    property: (name) => properties.get(name) ?? wordFor(text.words.property, name),
    shown: ({ event: name, title }) => title || event(name),
  };
}

/** Properties that any of the events has, each once. */
export function propertiesOf(
  names: Pick<InsightNames, 'events'>,
  events: readonly string[],
): NamedProperty[] {
  const all = events.includes(ANY_EVENT);
  const found = new Map<string, NamedProperty>();
  for (const { name, properties } of names.events) {
    if (!all && !events.includes(name)) continue;
    for (const property of properties) if (!found.has(property.name)) found.set(property.name, property);
  }
  return [...found.values()];
}
