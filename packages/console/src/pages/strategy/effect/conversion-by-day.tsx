import { useCallback, useMemo } from 'react';
import { insightApi, type ResponseOf } from '@wutong/contract';
import { useReader } from '../../../frame/reader.tsx';
import { palette } from '../../../frame/theme.ts';
import { Trend } from '../../../parts/trend.tsx';

type Day = ResponseOf<typeof insightApi.readStrategyEffect>['byDay'][number];

/** Cumulative conversion of both groups: does the lead grow, hold, or melt away? */
export function ConversionByDay({ days }: { days: readonly Day[] }) {
  const { text, format } = useReader();
  const words = text.effect;
  const formatValue = useCallback((value: number) => format.percent(value, 1), [format]);
  const categories = useMemo(() => days.map(({ day }) => words.day(String(day))), [days, words]);
  const series = useMemo(
    () => [
      {
        name: words.treated,
        values: days.map(({ treatedRate }) => treatedRate),
        color: palette.accent,
        area: true,
      },
      {
        name: words.holdout,
        values: days.map(({ holdoutRate }) => holdoutRate),
        color: '#7d867f',
        dashed: true,
      },
    ],
    [days, words],
  );
  return <Trend label={words.byDay} categories={categories} series={series} formatValue={formatValue} />;
}
