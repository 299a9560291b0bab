import { Checkbox } from 'antd';
import { Link } from 'react-router-dom';
import type { SegmentView } from '../../api/vocabulary.ts';
import { DuplicateMark } from './duplicate-mark.tsx';
import { useReader } from '../../frame/reader.tsx';
import { useUserNames } from '../../frame/use-names.ts';
import type { Column } from '../../parts/record-table.tsx';
import { Chip, StateMark } from '../../parts/state-mark.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { scheduleText } from './schedule-text.ts';
import { SizeTrend } from './segment-row-facts.tsx';
import { CostCell, UsageCell } from './usage-cell.tsx';
import { useAudienceUse, type Duplicate } from './use-governance.ts';

interface ColumnOptions {
  chosen: ReadonlySet<string>;
  onChoose: (segmentId: string, chosen: boolean) => void;
  duplicates: ReadonlyMap<string, Duplicate>;
}

/** The columns of the segment catalogue. */
export function useSegmentColumns({ chosen, onChoose, duplicates }: ColumnOptions): Column<SegmentView>[] {
  const { text, format } = useReader();
  const words = text.audience;
  const userName = useUserNames();
  const uses = useAudienceUse('segment');
  return [
    {
      key: 'name',
      title: words.name,
      phone: 'title',
      render: ({ segmentId, name, description }) => (
        <span className="row" style={{ flexWrap: 'nowrap', alignItems: 'flex-start' }}>
          <Checkbox
            aria-label={`${words.choose} ${name}`}
            checked={chosen.has(segmentId)}
            onChange={({ target }) => onChoose(segmentId, target.checked)}
          />
          <span>
            <Link to={`/audiences/${segmentId}`}>{name}</Link>
            {description && <div className="faint">{description}</div>}
            <DuplicateMark duplicate={duplicates.get(segmentId)} />
          </span>
        </span>
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
      render: ({ computedAt, problem, schedule }) => (
        <>
          {problem ? (
            <span title={problem}>
              <StateMark tone="bad">{words.problem}</StateMark>
            </span>
          ) : computedAt ? (
            <TimeText at={computedAt} />
          ) : (
            <span className="faint">{words.neverComputed}</span>
          )}
          <div className="faint">{scheduleText(schedule, words)}</div>
        </>
      ),
    },
    { key: 'owner', title: words.owner, phone: 'hidden', render: ({ owner }) => userName(owner) },
  ];
}
