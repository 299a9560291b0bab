import type { Bench } from './bench-context.ts';
import { benchFunnel } from './event-log/funnel-bench.ts';

/** A funnel of three steps. */
export const run: Bench = (context) =>
  benchFunnel('funnel-3', ['view_product', 'start_purchase', 'purchase'], context);
