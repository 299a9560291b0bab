import type { Bench } from './bench-context.ts';
import { benchFunnel } from './event-log/funnel-bench.ts';

/** A funnel of eight steps. */
export const run: Bench = (context) =>
  benchFunnel(
    'funnel-8',
    [
      'app_open',
      'login',
      'search',
      'view_product',
      'add_favourite',
      'risk_test',
      'start_purchase',
      'purchase',
    ],
    context,
  );
