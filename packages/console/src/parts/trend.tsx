import { lazy, Suspense, type ComponentProps } from 'react';
import { Loading } from './states.tsx';

const LineChart = lazy(() => import('./line-chart.tsx'));

/** A line chart whose library is loaded when the first one is shown. */
export function Trend(props: ComponentProps<typeof LineChart>) {
  return (
    <Suspense fallback={<Loading rows={5} />}>
      <LineChart {...props} />
    </Suspense>
  );
}
