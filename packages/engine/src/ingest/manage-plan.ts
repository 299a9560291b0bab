import type { ingestApi } from '@wutong/contract';
import { CodedError, type Platform } from '../platform/index.ts';
import { isEventName, isOpenName } from './check-record.ts';
import {
  selectPlan,
  upsertPlanEvent,
  upsertPlanProperty,
  type PlanEventRow,
  type PlanPropertyRow,
  type PlanValueType,
} from './plan-store.ts';

export interface PlanEventChange {
  readonly title?: string | undefined;
  readonly meaning?: string | undefined;
  readonly state?: 'learnt' | 'governed' | 'hidden' | undefined;
}

export interface PlanPropertyChange extends PlanEventChange {
  readonly type?: PlanValueType | undefined;
  readonly piiClass?: 'none' | 'sensitive' | 'identifying' | undefined;
}

/** The tracking plan as people see and edit it. */
export interface PlanEditor {
  /** Events with their properties; also what EQL may name. */
  list(options?: { search?: string | undefined; hidden?: boolean }): Promise<ingestApi.PlanEvent[]>;
  /** @throws CodedError event_name_invalid */
  saveEvent(event: string, change: PlanEventChange, actor: string): Promise<ingestApi.PlanEvent>;
  /** @throws CodedError plan_entry_not_found, property_name_invalid */
  saveProperty(
    event: string,
    property: string,
    change: PlanPropertyChange,
    actor: string,
  ): Promise<ingestApi.PlanEvent>;
}

/** `changed` is told after each edit, so that checking follows at once in this process. */
export function createPlanEditor(platform: Platform, changed: () => Promise<void>): PlanEditor {
  const { database, audit, clock } = platform;

  async function read(event: string): Promise<ingestApi.PlanEvent> {
    const plan = await selectPlan(database, event);
    if (!plan.events[0]) throw new CodedError('plan_entry_not_found', { details: { event } });
    return toPlanEvent(plan.events[0], plan.properties);
  }

  return {
    async list({ search = '', hidden = false } = {}) {
      const plan = await selectPlan(database);
      const byEvent = propertiesByEvent(plan.properties);
      const wanted = search.toLowerCase();
      return plan.events
        .filter((row) => hidden || row.state !== 'hidden')
        .map((row) =>
          toPlanEvent(
            row,
            (byEvent.get(row.event) ?? []).filter((property) => hidden || property.state !== 'hidden'),
          ),
        )
        .filter((event) => wanted === '' || mentions(event, wanted));
    },
    async saveEvent(event, change, actor) {
      if (!isEventName(event)) throw new CodedError('event_name_invalid', { details: { event } });
      await database.transaction(async (transaction) => {
        await upsertPlanEvent(transaction, event, change, clock.now());
        await audit.record(transaction, {
          actor,
          action: 'plan.save_event',
          object: event,
          detail: { ...change },
        });
      });
      await changed();
      return read(event);
    },
    async saveProperty(event, property, change, actor) {
      await read(event);
      if (!isOpenName(property)) throw new CodedError('property_name_invalid', { details: { property } });
      await database.transaction(async (transaction) => {
        await upsertPlanProperty(transaction, event, property, change, clock.now());
        const object = `${event}.${property}`;
        await audit.record(transaction, {
          actor,
          action: 'plan.save_property',
          object,
          detail: { ...change },
        });
      });
      await changed();
      return read(event);
    },
  };
}

function propertiesByEvent(rows: readonly PlanPropertyRow[]): Map<string, PlanPropertyRow[]> {
  const byEvent = new Map<string, PlanPropertyRow[]>();
  for (const row of rows) {
    const known = byEvent.get(row.event);
    if (known) known.push(row);
    else byEvent.set(row.event, [row]);
  }
  return byEvent;
}

function mentions(event: ingestApi.PlanEvent, wanted: string): boolean {
  const texts = [event.event, event.title, event.meaning];
  for (const property of event.properties) texts.push(property.property, property.title, property.meaning);
  return texts.some((text) => text.toLowerCase().includes(wanted));
}

const iso = (timeMs: number): string => new Date(timeMs).toISOString();

function toPlanEvent(row: PlanEventRow, properties: readonly PlanPropertyRow[]): ingestApi.PlanEvent {
  return {
    event: row.event,
    title: row.title,
    meaning: row.meaning,
    state: row.state,
    usage: row.usage,
    firstSeenAt: iso(row.first_seen_at),
    lastSeenAt: iso(row.last_seen_at),
    properties: properties.map((property) => ({
      property: property.property,
      type: property.type,
      title: property.title,
      meaning: property.meaning,
      piiClass: property.pii_class,
      state: property.state,
      usage: property.usage,
      conflicts: property.conflicts,
      firstSeenAt: iso(property.first_seen_at),
      lastSeenAt: iso(property.last_seen_at),
    })),
  };
}
