import type { SegmentView } from '../../api/vocabulary.ts';
import { useReader } from '../../frame/reader.tsx';
import { useUserNames } from '../../frame/use-names.ts';
import type { Column } from '../../parts/record-table.tsx';
import { Chip } from '../../parts/state-mark.tsx';
import { ComputedCell, NameCell } from './catalogue-cells.tsx';
import { SizeTrend } from './segment-row-facts.tsx';
import { CostCell, UsageCell } from './usage-cell.tsx';
import { useAudienceUse, type Duplicate } from './use-governance.ts';

interface ColumnOptions {
  chosen: ReadonlySet<string>;
  onChoose: (segmentId: string, chosen: boolean) => void;
  duplicates: ReadonlyMap<string, Duplicate>;
  shownIds: readonly string[];
}

/** The columns of the segment catalogue. */
export function useSegmentColumns(options: ColumnOptions): Column<SegmentView>[] {
  const { chosen, onChoose, duplicates, shownIds } = options;
  const { text, format } = useReader();
  const words = text.audience;
  const userName = useUserNames();
  const uses = useAudienceUse('segment', shownIds);
  return [
    {
      key: 'name',
      title: words.name,
      phone: 'title',
      render: ({ segmentId, name, description }) => (
        <NameCell
          to={`/audiences/${segmentId}`}
          name={name}
          description={description}
          duplicate={duplicates.get(segmentId)}
          chosen={chosen.has(segmentId)}
          onChoose={(on) => onChoose(segmentId, on)}
        />
      ),
    },
    {
      key: 'folder',
      title: words.folder,
      phone: 'hidden',
      render: ({ folder }) => folder || <span className="faint">–</span>,
    },
    { key: 'kind', title: text.kind, render: ({ kind }) => <Chip>{words.kind[kind]}</Chip> },
    {
      key: 'members',
      title: words.members,
      numeric: true,
      render: ({ members }) => <b>{format.integer(members)}</b>,
    },
    {
      key: 'trend',
      title: words.trend,
      phone: 'hidden',
      render: ({ segmentId }) => <SizeTrend segmentId={segmentId} />,
    },
    {
      key: 'usage',
      title: words.usedBy,
      render: ({ segmentId }) => <UsageCell use={uses.get(segmentId)} />,
    },
    {
      key: 'cost',
      title: words.cost,
      phone: 'hidden',
      render: ({ segmentId }) => <CostCell use={uses.get(segmentId)} />,
    },
    {
      key: 'computed',
      title: words.computed,
      render: (segment) => <ComputedCell {...segment} />,
    },
    { key: 'owner', title: words.owner, phone: 'hidden', render: ({ owner }) => userName(owner) },
  ];
}
