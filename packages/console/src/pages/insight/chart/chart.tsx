import { lazy, Suspense, type ComponentProps } from 'react';
import { Loading } from '../../../parts/states.tsx';

const SeriesChart = lazy(() => import('./series-chart.tsx'));

/** A chart whose library is loaded when the first one is shown. */
export function Chart(props: ComponentProps<typeof SeriesChart>) {
  return (
    <Suspense fallback={<Loading rows={6} />}>
      <SeriesChart {...props} />
    </Suspense>
  );
}
