import { useQueries } from '@tanstack/react-query';
import { canvasApi } from '@wutong/contract';
import type { StrategyVersion } from '../../api/vocabulary.ts';
import { call } from '../../api/call.ts';
import { useText } from '../../frame/reader.tsx';

interface Versioned {
  strategyId: string;
  version: number;
}

/** Titles of nodes, read from the documents of the versions named; versions never change, so they are kept. */
export function useNodeTitles(
  entries: readonly Versioned[],
): (entry: Versioned, nodeId: string | undefined) => string {
  const { words } = useText();
  const wanted = new Map(
    entries.map(({ strategyId, version }) => [`${strategyId} ${version}`, { strategyId, version }]),
  );
  const documents = useQueries({
    queries: [...wanted.values()].map((params) => ({
      queryKey: [canvasApi.readStrategyVersion.name, { params }],
      queryFn: () => call(canvasApi.readStrategyVersion, { params }),
      staleTime: Infinity,
    })),
    combine: (answers) => answers.flatMap(({ data }) => (data ? [data as StrategyVersion] : [])),
  });
  return (entry, nodeId) => {
    const found = documents
      .find(({ strategyId, version }) => strategyId === entry.strategyId && version === entry.version)
      ?.document.nodes.find(({ id }) => id === nodeId);
    return found ? found.title || words.nodeKind[found.kind] : (nodeId ?? '–');
  };
}
