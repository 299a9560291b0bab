import { isTimeZone } from '../calendar.ts';
import { bindPath } from './bind-name.ts';
import { BindError, refuse, type Binder, type Scope } from './binder.ts';
import { mergeConditions, mergeValues, type Zoned } from './merge-zones.ts';
import type { BoundCondition, BoundValue } from './bound.ts';

/** The attribute that holds a time zone, of people and of what they are related to. */
export const ZONE_ATTRIBUTE = 'time_zone';

/** More zones than these make an expression too dear: each is bound, and computed, by itself. */
const MAXIMUM_ZONES = 40;

const PERSON: Scope = { subject: { kind: 'person' }, row: false, path: 'timeZoneOf' };

/**
 * Binds a condition in the time zone of each person: once for every zone that anybody has, and once in the
 * bank's for people without one. What does not depend on the zone stays as it is.
 */
export function conditionInEachZone(
  binder: Binder,
  of: string,
  scope: Scope,
  bind: (binder: Binder) => BoundCondition,
): BoundCondition {
  const zone = zoneValue(binder, of, scope);
  return mergeConditions(zone, inEachZone(binder, of, bind));
}

/** Like `conditionInEachZone`, for a value. */
export function valueInEachZone(
  binder: Binder,
  of: string,
  scope: Scope,
  bind: (binder: Binder) => BoundValue,
): BoundValue {
  const zone = zoneValue(binder, of, scope);
  return mergeValues(zone, inEachZone(binder, of, bind));
}

/** The attribute, of the person or at the far end of the named relation. */
function zoneValue(binder: Binder, of: string, scope: Scope): BoundValue {
  if (scope.subject.kind !== 'person') {
    refuse(binder, {}, PERSON, {
      code: 'bad_time_zone',
      en: 'Only people have a time zone of their own; name one, such as Asia/Shanghai.',
      zh: '只有自然人才有自己的时区；请直接写时区名称，例如 Asia/Shanghai。',
    });
  }
  try {
    const path = of === 'person' ? [ZONE_ATTRIBUTE] : [of, ZONE_ATTRIBUTE];
    const value = bindPath(binder, {}, path, PERSON);
    if (value.type === 'text' && !(value.kind === 'field' && value.sealed)) return value;
  } catch (error) {
    if (!(error instanceof BindError)) throw error;
  }
  return refuse(binder, {}, PERSON, {
    code: 'bad_time_zone',
    en: `“${of}” has no text attribute “${ZONE_ATTRIBUTE}” to read the time zone from; declare it, or name a zone such as Asia/Shanghai.`,
    zh: `“${of}”没有文本属性“${ZONE_ATTRIBUTE}”可作为时区；请先定义该属性，或直接写时区名称，例如 Asia/Shanghai。`,
  });
}

function inEachZone<Bound>(binder: Binder, of: string, bind: (binder: Binder) => Bound): Zoned<Bound> {
  const { time, bankTimeZone } = binder.environment;
  const written = (time.zonesInUse?.get(of) ?? []).filter((zone) => isTimeZone(zone));
  const known = written.filter((zone) => !time.zones || time.zones.has(zone.toLowerCase()));
  if (known.length > MAXIMUM_ZONES) {
    refuse(binder, {}, PERSON, {
      code: 'too_expensive',
      en: `There are ${known.length} time zones among them; an expression can tell ${MAXIMUM_ZONES} apart.`,
      zh: `共涉及 ${known.length} 个时区，一个表达式最多区分 ${MAXIMUM_ZONES} 个。`,
    });
  }
  const cases = known.map((zone) => ({
    zone,
    bound: bind(binder.inZone(time.zones?.get(zone.toLowerCase()) ?? zone)),
  }));
  return { cases, otherwise: bind(binder.inZone(bankTimeZone ?? time.timeZone)) };
}
