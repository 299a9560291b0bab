import { lazy, Suspense } from 'react';
import { useQuery } from '@tanstack/react-query';
import { useText } from '../../../frame/reader.tsx';
import { Panel } from '../../../parts/page.tsx';
import { Answer, Loading } from '../../../parts/states.tsx';
import { readLineage, type Lineage } from './read-lineage.ts';

const LineageGraph = lazy(() => import('./lineage-graph.tsx'));

/** The lineage of a segment or tag, read step by step; kept for a minute. */
export function useLineage(kind: 'segment' | 'tag', id: string, enabled = true) {
  return useQuery<Lineage>({
    queryKey: ['lineage', kind, id],
    queryFn: () => readLineage(kind, id),
    staleTime: 60_000,
    enabled,
  });
}

/** What it is made of and what is made of it, as a picture whose parts are doors. */
export function LineagePanel({ kind, id }: { kind: 'segment' | 'tag'; id: string }) {
  const { audience: words } = useText();
  const lineage = useLineage(kind, id);
  return (
    <Panel title={words.lineage.title} definition={words.lineage.definition} flush>
      <Answer query={lineage} rows={6}>
        {(data) => (
          <Suspense fallback={<Loading rows={6} />}>
            <LineageGraph lineage={data} />
          </Suspense>
        )}
      </Answer>
    </Panel>
  );
}
