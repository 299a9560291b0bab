import type { RecordMapping } from '@wutong/contract';
import { coerceInSql, isSecret } from '../../profile/index.ts';
import type { StagedProperty } from '../staged-events.ts';
import { expressConditions, expressValue, sureWhenPresent, type Expressed } from './express-value.ts';
import type { BulkContext, ExpressedRecord } from './expressed-record.ts';
import { COLUMN_TYPES, StagedRecord, type StagedKey } from './staged-record.ts';

/** An event of the mapping as columns of the staging table. */
export interface BulkEvent {
  readonly kind: 'event';
  /** Position in the mapping. */
  readonly index: number;
  readonly holds: string;
  readonly event: string;
  /** Epoch ms. */
  readonly at: string;
  /** Whose it is, by one key. */
  readonly owner: StagedKey;
  readonly properties: readonly StagedProperty[];
}

/** Names that are paths of one step whatever ClickHouse makes of dots and quotes. */
const PLAIN_NAME = /^[\p{L}_$][\p{L}\p{N}_$ -]{0,99}$/u;
const MAXIMUM_PROPERTIES = 200;

/**
 * Translates an event; undefined where rows must be read one by one: events that name their own message id (they are
 * claimed by it), people with several keys, properties whose type only each value tells.
 */
export function expressEvent(
  record: Extract<RecordMapping, { record: 'event' }>,
  index: number,
  context: BulkContext,
): ExpressedRecord<BulkEvent> | undefined {
  const names = Object.keys(record.properties);
  if (record.messageId !== undefined || names.length > MAXIMUM_PROPERTIES) return undefined;
  const stage = new StagedRecord(index);
  const holds = expressConditions(record.when, context);
  const event = stage.requiredText('event', record.event, context);
  const at = stage.requiredInstant('at', record.time, context);
  const owner = stage.owner({ person: record.keys }, context);
  if (!event || !at || !owner || !('keyType' in owner)) return undefined;
  const properties: StagedProperty[] = [];
  for (const [place, name] of names.entries()) {
    const found = expressValue(record.properties[name]!, context);
    const value = found && expressProperty(found, context.bankTimeZone);
    if (!value || !PLAIN_NAME.test(name) || name === '__proto__' || isSecret(name, undefined))
      return undefined;
    stage.sure.push(value.sure);
    properties.push({
      name,
      type: value.type,
      sql: stage.column(`p${place}`, COLUMN_TYPES[value.type], value.sql),
    });
  }
  const holdsColumn = stage.column('holds', 'UInt8', holds);
  return {
    holds,
    sure: stage.sure,
    sureId: '1',
    columns: stage.columns,
    isLearning: false,
    record: { kind: 'event', index, holds: holdsColumn, event, at, owner, properties },
  };
}

/** A property has the type of its value: the tracking plan is asked about it, not the catalogue. */
function expressProperty(
  found: Expressed,
  timeZone: string,
): { type: StagedProperty['type']; sql: string; sure: string } | undefined {
  const { kind } = found.value;
  if (kind === 'instant') return undefined;
  // Days are texts in properties.
  const type = kind === 'text' || kind === 'day' ? 'string' : kind;
  const coerced = coerceInSql(found.value, type, timeZone);
  if (!coerced) return undefined;
  return {
    type,
    sql: found.present === '1' ? coerced.sql : `if(${found.present}, ${coerced.sql}, null)`,
    sure: sureWhenPresent(found, coerced.sure),
  };
}
