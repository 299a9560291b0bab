import { useState } from 'react';
import { Button, Dropdown } from 'antd';
import { useNavigate } from 'react-router-dom';
import { audienceApi } from '@wutong/contract';
import type { SegmentView } from '../../api/vocabulary.ts';
import { CALM_MS } from '../../api/use-endpoint.ts';
import { usePages } from '../../api/use-pages.ts';
import { useText } from '../../frame/reader.tsx';
import { useMay } from '../../frame/session.tsx';
import { Page, Panel } from '../../parts/page.tsx';
import { RecordTable } from '../../parts/record-table.tsx';
import { Answer, EmptyState } from '../../parts/states.tsx';
import { wordFor } from '../../text/text.ts';
import { BulkBar } from './bulk-bar.tsx';
import { CatalogueFilters, useCatalogueFilter } from './catalogue-filters.tsx';
import { CombineDialog } from './combine-dialog.tsx';
import { ImportListDialog } from './import-list-dialog.tsx';
import { useSegmentColumns } from './segment-columns.tsx';
import { useDuplicates } from './use-governance.ts';

const none: ReadonlySet<string> = new Set();

/** The catalogue of segments: found by name, folder and owner; the unused and the doubled archived together. */
export default function SegmentListPage() {
  const { audience: words } = useText();
  const navigate = useNavigate();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(none);
  const [combining, setCombining] = useState(false);
  const duplicates = useDuplicates('segment');
  const filter = useCatalogueFilter(duplicates);
  const kind = audienceApi.segmentKinds.find((each) => each === filter.values.kind);
  const segments = usePages(
    audienceApi.listSegments,
    { query: { ...filter.query, kind } },
    { refetchIntervalMs: CALM_MS },
  );
  const shown = segments.items;
  const columns = useSegmentColumns({
    chosen,
    onChoose: (id, on) =>
      setChosen(new Set(on ? [...chosen, id] : [...chosen].filter((each) => each !== id))),
    duplicates,
    shownIds: shown.map(({ segmentId }) => segmentId),
  });
  const selected = shown.filter(({ segmentId }) => chosen.has(segmentId));
  return (
    <Page title={words.list} numbers="own" lead={words.lead} actions={<NewSegment />}>
      <CatalogueFilters of="segment" filter={filter} kindName={(value) => wordFor(words.kind, value)} />
      <BulkBar
        kind="segment"
        shownIds={shown.map(({ segmentId }) => segmentId)}
        chosen={selected.map(({ segmentId, name }) => ({ id: segmentId, name }))}
        archived={filter.state === 'archived'}
        onChosen={(ids) => setChosen(new Set(ids))}
        extra={
          <Button size="small" disabled={selected.length < 2} onClick={() => setCombining(true)}>
            {words.combine.title}
          </Button>
        }
      />
      <Panel flush>
        <Answer query={segments.query}>
          {() => (
            <RecordTable<SegmentView>
              label={words.list}
              columns={columns}
              rows={shown}
              rowKey={({ segmentId }) => segmentId}
              onOpen={({ segmentId }) => void navigate(`/audiences/${segmentId}`)}
              more={segments.more}
              empty={
                filter.active ? (
                  <EmptyState title={words.noneFound} hint={words.noneFoundHint} />
                ) : (
                  <EmptyState title={words.none} hint={words.noneHint} action={<NewSegment />} />
                )
              }
            />
          )}
        </Answer>
      </Panel>
      {combining && <CombineDialog segments={selected} onClose={() => setCombining(false)} />}
    </Page>
  );
}

function NewSegment() {
  const { audience: words } = useText();
  const navigate = useNavigate();
  const mayWrite = useMay(audienceApi.createSegment);
  const [importing, setImporting] = useState(false);
  if (!mayWrite) return null;
  return (
    <>
      <Dropdown
        trigger={['click']}
        menu={{
          items: [
            { key: 'lookalike', label: words.lookalike.find },
            { key: 'list', label: words.importList.title },
          ],
          onClick: ({ key }) =>
            key === 'list' ? setImporting(true) : void navigate('/audiences/new/lookalike'),
        }}
      >
        <Button>{words.otherWays}</Button>
      </Dropdown>
      <Button type="primary" onClick={() => void navigate('/audiences/new')}>
        {words.new}
      </Button>
      {importing && <ImportListDialog onClose={() => setImporting(false)} />}
    </>
  );
}
