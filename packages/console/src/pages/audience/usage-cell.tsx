import { useReader } from '../../frame/reader.tsx';
import type { AudienceUse } from './use-governance.ts';

/** What uses something, in one short line. */
export function UsageCell({ use }: { use: AudienceUse | undefined }) {
  const { text, format } = useReader();
  const words = text.audience;
  if (!use) return <span className="faint">–</span>;
  const said = [
    ...(use.users > 0 ? [words.usedTimes(format.integer(use.users))] : []),
    ...(use.lookups > 0 ? [words.lookedUp(format.compact(use.lookups))] : []),
  ];
  if (said.length === 0) return <span className="faint">{words.unused}</span>;
  return <>{said.join(text.punctuation.comma)}</>;
}

/** What its computations cost within the last 30 days. */
export function CostCell({ use }: { use: AudienceUse | undefined }) {
  const { text, format } = useReader();
  if (!use || use.runs === 0) return <span className="faint">–</span>;
  return (
    <span title={text.audience.costDefinition}>
      {format.duration(use.totalMs)}
      <div className="faint">{text.audience.runs(format.integer(use.runs))}</div>
    </span>
  );
}
