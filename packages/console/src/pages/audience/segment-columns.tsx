import { Checkbox } from 'antd';
import { Link } from 'react-router-dom';
import type { SegmentView } from '../../api/vocabulary.ts';
import { useReader } from '../../frame/reader.tsx';
import { useUserNames } from '../../frame/use-names.ts';
import type { Column } from '../../parts/record-table.tsx';
import { Chip, StateMark } from '../../parts/state-mark.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { scheduleText } from './schedule-text.ts';
import { SegmentUsage, SizeTrend } from './segment-row-facts.tsx';

interface ColumnOptions {
  chosen: ReadonlySet<string>;
  onChoose: (segmentId: string, chosen: boolean) => void;
  /** Others that say the same, by id. */
  duplicates: ReadonlyMap<string, readonly string[]>;
  nameOf: (segmentId: string) => string;
}

/** The columns of the segment catalogue. */
export function useSegmentColumns({
  chosen,
  onChoose,
  duplicates,
  nameOf,
}: ColumnOptions): Column<SegmentView>[] {
  const { text, format } = useReader();
  const words = text.audience;
  const userName = useUserNames();
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
            {duplicates.has(segmentId) && (
              <div>
                <Chip tone="warn">
                  {words.sameAs((duplicates.get(segmentId) ?? []).map(nameOf).join(text.punctuation.comma))}
                </Chip>
              </div>
            )}
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
      render: ({ segmentId }) => <SegmentUsage segmentId={segmentId} />,
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
