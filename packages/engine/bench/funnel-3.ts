import type { Bench } from './bench-context.ts';
import { FUNNEL_3 } from './event-log/ask-questions.ts';
import { benchFunnel } from './event-log/funnel-bench.ts';

/** A funnel of three steps. */
export const run: Bench = (context) => benchFunnel('funnel-3', FUNNEL_3, context);
