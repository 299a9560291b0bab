import { lazy, Suspense } from 'react';
import { Checkbox, Select } from 'antd';
import { audienceApi } from '@wutong/contract';
import { useRead } from '../../../api/use-endpoint.ts';
import { useReader } from '../../../frame/reader.tsx';
import { Filters } from '../../../parts/filters.tsx';
import { Page, Panel } from '../../../parts/page.tsx';
import { Answer, EmptyState, Loading } from '../../../parts/states.tsx';
import { useUrlState } from '../../../parts/url-state.ts';
import type { LineageKind, LineageNode } from '../../audience/lineage/lineage-panel.tsx';
import { WrittenBySources } from './written-by-sources.tsx';

const LineageGraph = lazy(() => import('../../audience/lineage/lineage-graph.tsx'));

const MADE: readonly LineageKind[] = ['segment', 'tag', 'strategy', 'report'];

/** The whole: from the data over tags and segments to strategies and reports; or all that touches one of them. */
export default function LineagePage() {
  const { text } = useReader();
  const words = text.warehouse.lineage;
  const [focus, setFocus] = useUrlState('node');
  const [data, setData] = useUrlState('data', 'true');
  const [kind, id] = focus === '' ? [undefined, undefined] : splitKey(focus);
  const all = useRead(audienceApi.readLineage, { query: { data: 'false' } });
  const lineage = useRead(
    audienceApi.readLineage,
    { query: { kind, id, data: data === 'true' ? 'true' : 'false' } },
    { keepPrevious: true },
  );
  return (
    <Page title={words.title} numbers="bank" lead={words.lead}>
      <Filters>
        <Select
          allowClear
          showSearch={{ optionFilterProp: 'label' }}
          aria-label={words.search}
          placeholder={words.search}
          style={{ minWidth: 240 }}
          value={focus || undefined}
          onChange={(value) => setFocus(value ?? '')}
          options={MADE.map((each) => ({
            label: words.kinds[each],
            options: optionsOf(all.data?.nodes ?? [], each),
          })).filter(({ options }) => options.length > 0)}
        />
        <Checkbox
          checked={data !== 'true'}
          onChange={({ target }) => setData(target.checked ? 'false' : 'true')}
        >
          {words.onlyMade}
        </Checkbox>
      </Filters>
      <Panel flush>
        <Answer query={lineage} rows={10}>
          {(answer) =>
            answer.nodes.length === 0 ? (
              <EmptyState title={words.none} hint={words.noneHint} />
            ) : (
              <>
                {!answer.isComplete && (
                  <p className="faint" style={{ padding: '10px 18px 0' }}>
                    {words.incomplete}
                  </p>
                )}
                <Suspense fallback={<Loading rows={8} />}>
                  <LineageGraph lineage={answer} root={focus} />
                </Suspense>
              </>
            )
          }
        </Answer>
      </Panel>
      <WrittenBySources />
    </Page>
  );
}

const optionsOf = (nodes: readonly LineageNode[], kind: LineageKind) =>
  nodes
    .filter((node) => node.kind === kind && !node.archived)
    .map(({ key, name }) => ({ value: key, label: name }));

/** A node's key is `kind:id`; ids may hold colons themselves. */
function splitKey(key: string): [LineageKind | undefined, string] {
  const colon = key.indexOf(':');
  const kind = audienceApi.lineageKinds.find((each) => each === key.slice(0, colon));
  return [kind, key.slice(colon + 1)];
}
