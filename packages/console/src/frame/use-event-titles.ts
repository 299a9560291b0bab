/** Names of events and their properties: the tracking plan's titles first, then the console's own words. */
import { ingestApi } from '@wutong/contract';
import { useRead } from '../api/use-endpoint.ts';
import { wordFor } from '../text/text.ts';
import { useText } from './reader.tsx';
import { useMay } from './session.tsx';

interface EventTitles {
  event: (name: string) => string;
  property: (event: string, name: string) => string;
}

/** The server's own events are named by the console; a plan's title for them would repeat their code. */
export function useEventTitles(): EventTitles {
  const { words } = useText();
  const { data } = useRead(
    ingestApi.listTrackingPlan,
    { query: {} },
    { refetchIntervalMs: 60_000, enabled: useMay(ingestApi.listTrackingPlan) },
  );
  const planned = (name: string) => data?.items.find(({ event }) => event === name);
  return {
    event: (name) => planned(name)?.title || wordFor(words.event, name),
    property: (event, name) =>
      planned(event)?.properties.find(({ property }) => property === name)?.title ||
      wordFor(words.property, name),
  };
}
