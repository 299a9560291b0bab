import { useState } from 'react';
import { Button } from 'antd';
import { useNavigate } from 'react-router-dom';
import { audienceApi } from '@wutong/contract';
import type { TagView } from '../../../api/vocabulary.ts';
import { CALM_MS, useRead } from '../../../api/use-endpoint.ts';
import { usePages } from '../../../api/use-pages.ts';
import { useText } from '../../../frame/reader.tsx';
import { useMay } from '../../../frame/session.tsx';
import { useUserNames } from '../../../frame/use-names.ts';
import { Page, Panel } from '../../../parts/page.tsx';
import { RecordTable, type Column } from '../../../parts/record-table.tsx';
import { Chip } from '../../../parts/state-mark.tsx';
import { Answer, EmptyState } from '../../../parts/states.tsx';
import { wordFor } from '../../../text/text.ts';
import { BulkBar } from '../bulk-bar.tsx';
import { ComputedCell, NameCell } from '../catalogue-cells.tsx';
import { CatalogueFilters, useCatalogueFilter } from '../catalogue-filters.tsx';
import { CostCell, UsageCell } from '../usage-cell.tsx';
import { useAudienceUse, useDuplicates } from '../use-governance.ts';
import { Coverage } from './coverage.tsx';

const none: ReadonlySet<string> = new Set();

/** The catalogue of tags: what each says, how many people have it, what it costs, what uses it. */
export default function TagListPage() {
  const { tags: words, audience } = useText();
  const navigate = useNavigate();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(none);
  const duplicates = useDuplicates('tag');
  const filter = useCatalogueFilter(duplicates);
  const kind = audienceApi.tagKinds.find((each) => each === filter.values.kind);
  const tags = usePages(
    audienceApi.listTags,
    { query: { ...filter.query, kind } },
    { refetchIntervalMs: CALM_MS },
  );
  const shown = tags.items;
  const uses = useAudienceUse(
    'tag',
    shown.map(({ tagId }) => tagId),
  );
  const choose = (tagId: string, on: boolean) =>
    setChosen(new Set(on ? [...chosen, tagId] : [...chosen].filter((each) => each !== tagId)));
  const columns = useTagColumns({ chosen, choose, uses, duplicates });
  return (
    <Page title={words.list} numbers="own" lead={words.lead} actions={<NewTag />}>
      <CatalogueFilters of="tag" filter={filter} kindName={(value) => wordFor(words.kind, value)} />
      <BulkBar
        kind="tag"
        shownIds={shown.map(({ tagId }) => tagId)}
        chosen={shown
          .filter(({ tagId }) => chosen.has(tagId))
          .map(({ tagId, name }) => ({ id: tagId, name }))}
        archived={filter.state === 'archived'}
        onChosen={(ids) => setChosen(new Set(ids))}
      />
      <Panel flush>
        <Answer query={tags.query}>
          {() => (
            <RecordTable<TagView>
              label={words.list}
              columns={columns}
              rows={shown}
              rowKey={({ tagId }) => tagId}
              onOpen={({ tagId }) => void navigate(`/tags/${tagId}`)}
              more={tags.more}
              empty={
                filter.active ? (
                  <EmptyState title={audience.noneFound} hint={audience.noneFoundHint} />
                ) : (
                  <EmptyState title={words.none} hint={words.noneHint} action={<NewTag />} />
                )
              }
            />
          )}
        </Answer>
      </Panel>
    </Page>
  );
}

function NewTag() {
  const { tags: words } = useText();
  const navigate = useNavigate();
  if (!useMay(audienceApi.createTag)) return null;
  return (
    <Button type="primary" onClick={() => void navigate('/tags/new')}>
      {words.new}
    </Button>
  );
}

interface ColumnOptions {
  chosen: ReadonlySet<string>;
  choose: (tagId: string, chosen: boolean) => void;
  uses: ReturnType<typeof useAudienceUse>;
  duplicates: ReturnType<typeof useDuplicates>;
}

function useTagColumns({ chosen, choose, uses, duplicates }: ColumnOptions): Column<TagView>[] {
  const text = useText();
  const { tags: words, audience } = text;
  const userName = useUserNames();
  // Everybody that could have a value, so that coverage is a share.
  const { data } = useRead(audienceApi.countEql, { body: { text: 'person' } }, { refetchIntervalMs: 60_000 });
  return [
    {
      key: 'name',
      title: audience.name,
      phone: 'title',
      render: ({ tagId, name, description }) => (
        <NameCell
          to={`/tags/${tagId}`}
          name={name}
          description={description}
          duplicate={duplicates.get(tagId)}
          chosen={chosen.has(tagId)}
          onChoose={(on) => choose(tagId, on)}
        />
      ),
    },
    {
      key: 'folder',
      title: audience.folder,
      phone: 'hidden',
      render: ({ folder }) => folder || <span className="faint">–</span>,
    },
    {
      key: 'kind',
      title: text.kind,
      render: ({ kind, valueType }) => (
        <>
          <Chip>{words.kind[kind]}</Chip> <span className="faint">{words.valueType[valueType]}</span>
        </>
      ),
    },
    {
      key: 'coverage',
      title: words.coverage,
      render: ({ people }) => <Coverage people={people} total={data?.total} />,
    },
    { key: 'usage', title: audience.usedBy, render: ({ tagId }) => <UsageCell use={uses.get(tagId)} /> },
    {
      key: 'cost',
      title: audience.cost,
      phone: 'hidden',
      render: ({ tagId }) => <CostCell use={uses.get(tagId)} />,
    },
    {
      key: 'computed',
      title: audience.computed,
      render: (tag) => <ComputedCell {...tag} />,
    },
    { key: 'owner', title: audience.owner, phone: 'hidden', render: ({ owner }) => userName(owner) },
  ];
}
