import { Checkbox } from 'antd';
import { Link } from 'react-router-dom';
import type { Schedule, SegmentView } from '../../api/vocabulary.ts';
import { useReader, useText } from '../../frame/reader.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { DuplicateMark } from './duplicate-mark.tsx';
import { scheduleText } from './schedule-text.ts';
import { namesOfWaiting } from './waiting-note.tsx';
import type { Duplicate } from './use-governance.ts';

interface NameCellProps {
  to: string;
  name: string;
  description: string;
  duplicate: Duplicate | undefined;
  chosen: boolean;
  onChoose: (chosen: boolean) => void;
}

/** The name of a segment or tag as a door, with what it is for, and a box to choose it by. */
export function NameCell({ to, name, description, duplicate, chosen, onChoose }: NameCellProps) {
  const { audience: words } = useText();
  return (
    <span className="row" style={{ flexWrap: 'nowrap', alignItems: 'flex-start' }}>
      <Checkbox
        aria-label={`${words.choose} ${name}`}
        checked={chosen}
        onChange={({ target }) => onChoose(target.checked)}
      />
      <span>
        <Link to={to}>{name}</Link>
        {description && <div className="faint">{description}</div>}
        <DuplicateMark duplicate={duplicate} />
      </span>
    </span>
  );
}

interface ComputedCellProps {
  computedAt?: string | undefined;
  problem?: string | undefined;
  schedule: Schedule;
  waitingSince?: string | undefined;
  sources?: SegmentView['sources'];
}

/** When it was last computed, or why that failed, what it waits for, and when it will be computed again. */
export function ComputedCell({ computedAt, problem, schedule, waitingSince, sources }: ComputedCellProps) {
  const { text, format } = useReader();
  const words = text.audience;
  return (
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
      {waitingSince ? (
        <div>
          <StateMark tone="warn">
            {words.awaited.shortSince(
              namesOfWaiting(sources, text.punctuation),
              format.shortTime(waitingSince),
            )}
          </StateMark>
        </div>
      ) : (
        <div className="faint">{scheduleText(schedule, words)}</div>
      )}
    </>
  );
}
