import { ingestApi } from '@wutong/contract';
import { useRead } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { useMay } from '../../frame/session.tsx';
import { wordFor } from '../../text/text.ts';

/** The name of a source by its id; sources that are Wutong itself have names of their own. */
export function useSourceNames(): (sourceId: string) => string {
  const { text } = useReader();
  const { data } = useRead(ingestApi.listSources, undefined, {
    refetchIntervalMs: 60_000,
    enabled: useMay(ingestApi.listSources),
  });
  const own: Record<string, string | undefined> = text.words.ownSource;
  return (sourceId) =>
    own[sourceId] ??
    data?.items.find((each) => each.sourceId === sourceId)?.name ??
    wordFor(text.words.sourceKind, sourceId);
}
