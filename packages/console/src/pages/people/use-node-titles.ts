import { useQueries } from '@tanstack/react-query';
import { canvasApi } from '@wutong/contract';
import type { StrategyVersion } from '../../api/vocabulary.ts';
import { call } from '../../api/call.ts';
import { useText } from '../../frame/reader.tsx';
import { useMay } from '../../frame/session.tsx';

interface Versioned {
  strategyId: string;
  version: number;
}

interface NodeTitles {
  titleOf: (entry: Versioned, nodeId: string | undefined) => string;
  /** The place of a node in its document: breaks ties between steps of one instant. */
  rankOf: (entry: Versioned, nodeId: string) => number;
}

/** Titles of nodes, read from the documents of the versions named; versions never change, so they are kept. */
export function useNodeTitles(entries: readonly Versioned[]): NodeTitles {
  const { words } = useText();
  const may = useMay(canvasApi.readStrategyVersion);
  const wanted = new Map(
    entries.map(({ strategyId, version }) => [`${strategyId} ${version}`, { strategyId, version }]),
  );
  const documents = useQueries({
    queries: [...wanted.values()].map((params) => ({
      queryKey: [canvasApi.readStrategyVersion.name, { params }],
      queryFn: () => call(canvasApi.readStrategyVersion, { params }),
      staleTime: Infinity,
      enabled: may,
    })),
    combine: (answers) => answers.flatMap(({ data }) => (data ? [data as StrategyVersion] : [])),
  });
  const nodesOf = ({ strategyId, version }: Versioned) =>
    documents.find((each) => each.strategyId === strategyId && each.version === version)?.document.nodes ??
    [];
  return {
    titleOf: (entry, nodeId) => {
      const found = nodesOf(entry).find(({ id }) => id === nodeId);
      return found ? found.title || words.nodeKind[found.kind] : (nodeId ?? '–');
    },
    rankOf: (entry, nodeId) => nodesOf(entry).findIndex(({ id }) => id === nodeId),
  };
}
