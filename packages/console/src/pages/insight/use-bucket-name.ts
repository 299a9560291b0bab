import { useCallback } from 'react';
import type { BucketUnit } from '@wutong/contract';
import { useReader } from '../../frame/reader.tsx';

/** How a bucket of time is called on an axis, in the bank's zone: 11-21, 11-21 20:00, 2026-11. */
export function useBucketName(): (start: string, unit: BucketUnit) => string {
  const { text, format } = useReader();
  return useCallback(
    (start, unit) => {
      if (unit === 'hour') return format.shortTime(start);
      const date = format.date(start);
      if (unit === 'month') return date.slice(0, 7);
      return unit === 'week' ? text.insight.weekOf(date.slice(5)) : date.slice(5);
    },
    [text, format],
  );
}
