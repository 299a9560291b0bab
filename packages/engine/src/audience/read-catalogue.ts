import type { Catalogue, EqlDocument, ingestApi } from '@wutong/contract';
import type { Platform } from '../platform/index.ts';
import type { TradingCalendar } from './calendar.ts';
import { knownEvents, type EqlCatalogue } from './catalogue.ts';
import type { TableSizes } from './expression-cost.ts';
import type { Preparation } from './prepare-expression.ts';
import { readZones, rememberedZonesInUse } from './read-zones.ts';
import { selectCalendar, selectNamedSegments, selectNamedTags } from './definition-store.ts';

/** Where names come from: the rooms that declare them. */
export interface CatalogueSources {
  catalogue(): Promise<Catalogue>;
  /** Events of the tracking plan that are not hidden. */
  plannedEvents(): Promise<readonly ingestApi.PlanEvent[]>;
  /** Brings tables up to what was acknowledged before; absent: they are taken as they are. */
  catchUp?(personIds?: readonly number[]): Promise<void>;
}

/** Gives what expressions are prepared against, newest first. */
export interface CatalogueReader {
  catalogue(): Promise<EqlCatalogue>;
  /**
   * At an instant (epoch ms UTC), in the bank's time zone unless the expression names another.
   *
   * @param documents when nothing else is prepared, whose zones people are in is read only if one of them asks for it
   */
  preparation(now: number, documents?: readonly EqlDocument[]): Promise<Preparation>;
  /**
   * Before asking what is true now: who came, and what was said of people, before this call is in the tables after it;
   * during an import at least what was said of `personIds`.
   */
  catchUp(personIds?: readonly number[]): Promise<void>;
}

// Declarations change seldom; a second of staleness is less than the time a person needs to type a name.
const REMEMBER_MS = 1_000;
// The estimate needs magnitudes only.
const REMEMBER_SIZES_MS = 30_000;
const REMEMBER_ZONES_MS = 3_600_000;

/** Reads the catalogue, remembering the parts that cost a query. Ages are in real time, as caches are. */
export function createCatalogueReader(platform: Platform, sources: CatalogueSources): CatalogueReader {
  const events = remembered(REMEMBER_MS, () => sources.plannedEvents());
  const calendar = remembered(REMEMBER_SIZES_MS, () => selectCalendar(platform.database));
  const sizes = remembered(REMEMBER_SIZES_MS, () => readSizes(platform));
  const zones = remembered(REMEMBER_ZONES_MS, () => readZones(platform));

  const inUse = rememberedZonesInUse(platform);

  async function catalogue(): Promise<EqlCatalogue> {
    const [model, planned, segments, tags] = await Promise.all([
      sources.catalogue(),
      events(),
      selectNamedSegments(platform.database),
      selectNamedTags(platform.database),
    ]);
    const definitions = planned.map((event) => ({
      name: event.event,
      title: event.title,
      properties: event.properties.map((property) => ({
        name: property.property,
        title: property.title,
        valueType: property.type,
      })),
    }));
    return { model, events: knownEvents(definitions), segments, tags };
  }

  return {
    catalogue,
    catchUp: async (personIds) => sources.catchUp?.(personIds),
    async preparation(now, documents) {
      const [names, tradingCalendar, tableSizes, knownZones] = await Promise.all([
        catalogue(),
        calendar(),
        sizes(),
        zones(),
      ]);
      const named = names.segments.flatMap(({ document }) => document ?? []);
      const needsZones = !documents || [...named, ...documents].some(({ timeZoneOf }) => timeZoneOf);
      const zonesInUse = needsZones ? await inUse(names.model) : new Map<string, readonly string[]>();
      return {
        catalogue: names,
        time: {
          now,
          timeZone: platform.config.timeZone,
          tradingCalendar: tradingCalendar satisfies TradingCalendar,
          zones: knownZones,
          zonesInUse,
        },
        sizes: tableSizes,
        seal: (value) => platform.secrets.fingerprint(value),
      };
    },
  };
}

function remembered<Result>(forMs: number, read: () => Promise<Result>): () => Promise<Result> {
  let value: Promise<Result> | undefined;
  let until = 0;
  return () => {
    const at = performance.now();
    if (!value || at > until) {
      const reading = read();
      value = reading;
      until = at + forMs;
      reading.catch(() => {
        if (value === reading) value = undefined;
      });
    }
    return value;
  };
}

async function readSizes(platform: Platform): Promise<TableSizes> {
  const rows = await platform.clickhouse.query<{
    people: number;
    events: number;
    from_ms: number;
    to_ms: number;
  }>(
    `SELECT (SELECT count() FROM person) AS people, count() AS events,
            toUnixTimestamp64Milli(min(time)) AS from_ms, toUnixTimestamp64Milli(max(time)) AS to_ms
     FROM event`,
  );
  const row = rows[0];
  return {
    people: row?.people ?? 0,
    events: row?.events ?? 0,
    eventsFromMs: row?.from_ms ?? 0,
    eventsToMs: row?.to_ms ?? 0,
  };
}
