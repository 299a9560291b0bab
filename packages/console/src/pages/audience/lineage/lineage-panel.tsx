import { lazy, Suspense } from 'react';
import { audienceApi, type ResponseOf } from '@wutong/contract';
import { useRead } from '../../../api/use-endpoint.ts';
import { useText } from '../../../frame/reader.tsx';
import { Panel } from '../../../parts/page.tsx';
import { Answer, Loading } from '../../../parts/states.tsx';

const LineageGraph = lazy(() => import('./lineage-graph.tsx'));

export type Lineage = ResponseOf<typeof audienceApi.readLineage>;
export type LineageNode = Lineage['nodes'][number];
export type LineageKind = LineageNode['kind'];

/** What it is made of and what is made of it, as a picture whose parts are doors. */
export function LineagePanel({ kind, id }: { kind: 'segment' | 'tag'; id: string }) {
  const { audience: words } = useText();
  const lineage = useRead(audienceApi.readLineage, { query: { kind, id } });
  return (
    <Panel title={words.lineage.title} definition={words.lineage.definition} flush>
      <Answer query={lineage} rows={6}>
        {(data) => (
          <Suspense fallback={<Loading rows={6} />}>
            <LineageGraph lineage={data} root={`${kind}:${id}`} />
          </Suspense>
        )}
      </Answer>
    </Panel>
  );
}
