import type { Catalogue } from '@wutong/contract';
import type { Platform } from '../platform/index.ts';
import { ZONE_ATTRIBUTE } from './bind/bind-each-zone.ts';

/** Time zones as ClickHouse names them: a few that the runtime knows are strange to it. */
export async function readZones(platform: Platform): Promise<ReadonlyMap<string, string>> {
  const rows = await platform.clickhouse.query<{ time_zone: string }>(
    'SELECT time_zone FROM system.time_zones',
  );
  return new Map(rows.map((row) => [row.time_zone.toLowerCase(), row.time_zone]));
}

// Somebody in a zone that nobody had before is in the bank's for so long.
const REMEMBER_MS = 5_000;
/** More than an expression can tell apart (`bind/bind-each-zone.ts`), so that too many are noticed. */
const MAXIMUM_ZONES = 1_000;

/**
 * Reads which zones people have: in their own attribute, and at the far end of each of their relations. Nothing
 * is read where no such attribute is declared.
 */
export function rememberedZonesInUse(
  platform: Platform,
): (model: Catalogue) => Promise<ReadonlyMap<string, readonly string[]>> {
  const held = new Map<string, { until: number; zones: Promise<string[]> }>();

  function distinct(table: string, column: string): Promise<string[]> {
    const name = `${table} ${column}`;
    const known = held.get(name);
    if (known && performance.now() < known.until) return known.zones;
    const zones = platform.clickhouse
      .query<{ zone: string }>(
        `SELECT DISTINCT assumeNotNull(${column}) AS zone FROM ${table} WHERE isNotNull(${column}) AND zone != ''
         LIMIT ${MAXIMUM_ZONES}`,
      )
      .then((rows) => rows.map((row) => row.zone).sort());
    held.set(name, { until: performance.now() + REMEMBER_MS, zones });
    zones.catch(() => held.delete(name));
    return zones;
  }

  return async (model) => {
    const found = new Map<string, Promise<string[]>>();
    const own = model.attributes.find((field) => field.name === ZONE_ATTRIBUTE);
    if (own?.valueType === 'string') found.set('person', distinct('person', own.column));
    for (const relation of model.relationTypes) {
      const far = model.entityTypes.find((type) => relation.from === 'person' && type.name === relation.to);
      const field = far?.fields.find((each) => each.name === ZONE_ATTRIBUTE);
      if (far && field?.valueType === 'string') found.set(relation.name, distinct(far.table, field.column));
    }
    const entries = await Promise.all([...found].map(async ([of, zones]) => [of, await zones] as const));
    return new Map(entries);
  };
}
