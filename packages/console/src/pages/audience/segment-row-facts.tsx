import { useMemo } from 'react';
import { audienceApi } from '@wutong/contract';
import { useRead } from '../../api/use-endpoint.ts';
import { useReader } from '../../frame/reader.tsx';
import { Spark } from '../../parts/spark.tsx';

/** Details change with each computation at most; a list asks for them once in a while. */
const RENEW_MS = 60_000;
const POINTS = 30;

const useSegment = (segmentId: string) =>
  useRead(audienceApi.readSegment, { params: { segmentId } }, { refetchIntervalMs: RENEW_MS }).data;

/** How the size of a segment went over its last computations. */
export function SizeTrend({ segmentId }: { segmentId: string }) {
  const segment = useSegment(segmentId);
  const values = useMemo(
    () =>
      (segment?.trend ?? [])
        .slice(0, POINTS)
        .toReversed()
        .map(({ members }) => members),
    [segment],
  );
  return <Spark values={values} />;
}

/** What a segment is used by, in one short line. */
export function SegmentUsage({ segmentId }: { segmentId: string }) {
  const { text, format } = useReader();
  const words = text.audience;
  const segment = useSegment(segmentId);
  if (!segment) return <span className="faint">–</span>;
  const { usedBy, lookups } = segment;
  const said = [
    ...(usedBy.length > 0 ? [words.usedTimes(format.integer(usedBy.length))] : []),
    ...(lookups > 0 ? [words.lookedUp(format.compact(lookups))] : []),
  ];
  if (said.length === 0) return <span className="faint">{words.unused}</span>;
  return (
    <span title={usedBy.map(({ kind, name }) => `${words.usage[kind]} ${name}`).join('\n')}>
      {said.join(text.punctuation.comma)}
    </span>
  );
}
