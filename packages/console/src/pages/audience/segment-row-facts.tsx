import { useMemo } from 'react';
import { audienceApi } from '@wutong/contract';
import { useRead } from '../../api/use-endpoint.ts';
import { Spark } from '../../parts/spark.tsx';

/** Sizes change with each computation at most; a list asks for them once in a while. */
const RENEW_MS = 60_000;
const POINTS = 30;

/** How the size of a segment went over its last computations. */
export function SizeTrend({ segmentId }: { segmentId: string }) {
  const { data } = useRead(
    audienceApi.readSegment,
    { params: { segmentId } },
    { refetchIntervalMs: RENEW_MS },
  );
  const values = useMemo(
    () =>
      (data?.trend ?? [])
        .slice(0, POINTS)
        .toReversed()
        .map(({ members }) => members),
    [data],
  );
  return <Spark values={values} />;
}
