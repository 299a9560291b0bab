import type { AnalysedEvent, Analysis } from '@wutong/contract';
import type { InsightNames } from './use-insight-names.ts';

/**
 * The question with the titles of its events written into it, for those who read the answer without the console.
 * Only answers of trends and funnels repeat the names of their events.
 */
export function withTitles(asked: Analysis, names: InsightNames): Analysis {
  const titled = <Event extends AnalysedEvent>(event: Event): Event => ({
    ...event,
    title: names.shown(event).slice(0, 100),
  });
  if (asked.kind === 'trend') return { ...asked, series: asked.series.map(titled) };
  if (asked.kind === 'funnel') return { ...asked, steps: asked.steps.map(titled) };
  return asked;
}
