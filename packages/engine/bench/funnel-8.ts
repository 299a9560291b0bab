import type { Bench } from './bench-context.ts';
import { FUNNEL_8 } from './event-log/ask-questions.ts';
import { benchFunnel } from './event-log/funnel-bench.ts';

/** A funnel of eight steps. */
export const run: Bench = (context) => benchFunnel('funnel-8', FUNNEL_8, context);
