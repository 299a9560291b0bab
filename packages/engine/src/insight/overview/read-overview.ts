import type { insightApi, ResponseOf } from '@wutong/contract';
import type { Platform } from '../../platform/index.ts';
import { startOfDay } from '../bank-day.ts';
import type { InsightNeeds } from '../needs.ts';
import { countEvents, countFacts, countHours, countStages, type FactRow } from './overview-store.ts';

type Overview = ResponseOf<typeof insightApi.readOverview>;

const HOUR_MS = 3_600_000;
const HOURS = 48;
/** Events a minute are the mean of these minutes, so that the figure does not jump. */
const RATE_MINUTES = 5;

/** The loop live: every number is of this instant, or as old as the outbox is long (well below a second). */
export async function readOverview(platform: Platform, needs: InsightNeeds): Promise<Overview> {
  const { clickhouse, clock, config } = platform;
  const now = clock.now();
  const dayStart = startOfDay(now, config.timeZone);
  const hoursTo = Math.floor(now / HOUR_MS) * HOUR_MS + HOUR_MS;
  const hoursFrom = hoursTo - HOURS * HOUR_MS;
  const [totals, rejected, audience, suppliers, openTasks, strategies, facts, stages, events, hours] =
    await Promise.all([
      needs.identity.totals(dayStart),
      needs.ingest.rejectedTotals(),
      needs.audience.totals(),
      needs.hub.suppliers(),
      needs.hub.openTasks(),
      needs.canvas.strategies(),
      countFacts(clickhouse, dayStart),
      countStages(clickhouse),
      countEvents(clickhouse, { dayStart, now, minutes: RATE_MINUTES }),
      countHours(clickhouse, hoursFrom, hoursTo),
    ]);
  const running = strategies.filter((strategy) => strategy.state === 'running');
  return {
    asOf: new Date(now).toISOString(),
    channel: {
      suppliers: { value: suppliers.length },
      suppliersHealthy: { value: suppliers.filter((supplier) => supplier.healthy).length },
      sent: factTile(facts, '$message_sent'),
      delivered: factTile(facts, '$message_delivered'),
    },
    data: {
      people: { value: totals.people, today: totals.peopleSince },
      keys: { value: totals.keys, today: totals.keysSince },
      merged: { value: totals.merged, today: totals.mergedSince },
      events: { value: events.events, today: events.today },
      eventsPerMinute: { value: Math.round(events.recent / RATE_MINUTES) },
      rejected: { value: rejected.rejected, today: rejected.rejectedToday },
    },
    decision: {
      segments: { value: audience.segments },
      inAudiences: { value: audience.people },
      provedWrong: { value: audience.provedWrong },
      suppressed: factTile(facts, '$message_suppressed'),
    },
    execution: {
      strategiesRunning: { value: running.length },
      peopleOnTheWay: { value: strategies.reduce((sum, strategy) => sum + strategy.running, 0) },
      passedToday: { value: factTile(facts, '$node_passed').today },
      tasksOpen: { value: openTasks },
    },
    feedback: {
      receipts: factTile(facts, '$message_delivered', '$message_failed'),
      clicked: factTile(facts, '$message_clicked'),
      replied: factTile(facts, '$message_replied'),
      converted: factTile(facts, '$goal_reached'),
    },
    funnel: [
      { stage: 'collected', people: totals.people },
      { stage: 'identified', people: totals.identified },
      { stage: 'in_audience', people: audience.people },
      { stage: 'in_strategy', people: stages.in_strategy },
      { stage: 'reached', people: stages.reached },
      { stage: 'responded', people: stages.responded },
      { stage: 'converted', people: stages.converted },
    ],
    eventsByHour: Array.from({ length: HOURS }, (_, index) => {
      const hour = hoursFrom + index * HOUR_MS;
      return { hour: new Date(hour).toISOString(), events: hours.get(hour) ?? 0 };
    }),
    strategies: strategies.map(({ strategyId, title, state, entered, running: inside, converted }) => ({
      strategyId,
      title,
      state,
      entered,
      running: inside,
      converted,
    })),
  };
}

function factTile(facts: readonly FactRow[], ...events: string[]): { value: number; today: number } {
  const rows = facts.filter((row) => events.includes(row.event));
  return {
    value: rows.reduce((sum, row) => sum + row.facts, 0),
    today: rows.reduce((sum, row) => sum + row.today, 0),
  };
}
