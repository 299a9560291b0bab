import type { Catalogue, EqlDocument, ValueType } from '@wutong/contract';
import type { EqlType } from './bind/bound.ts';
import type { Sharing } from './sharing.ts';

/** An event that may be named, with the properties the tracking plan knows. */
export interface EventDefinition {
  readonly name: string;
  readonly title: string;
  readonly properties: readonly {
    readonly name: string;
    readonly title: string;
    readonly valueType: ValueType | 'json';
  }[];
}

/** A segment that may be named: its rule, or for a segment without one the run that holds its members. */
export interface NamedSegment {
  readonly segmentId: string;
  readonly name: string;
  readonly document?: EqlDocument | undefined;
  /** Newest committed run; 0 when there is none. */
  readonly run: number;
  /** Absent: everybody may name it. */
  readonly sharing?: Sharing;
}

export interface NamedTag {
  readonly tagId: string;
  readonly name: string;
  readonly type: EqlType;
  /** Absent: everybody may name it. */
  readonly sharing?: Sharing;
}

/** Everything an expression may name, at one instant. */
export interface EqlCatalogue {
  readonly model: Catalogue;
  readonly events: readonly EventDefinition[];
  readonly segments: readonly NamedSegment[];
  readonly tags: readonly NamedTag[];
}

const EQL_TYPES: Readonly<Record<ValueType, EqlType>> = {
  string: 'text',
  number: 'number',
  boolean: 'boolean',
  date: 'date',
  datetime: 'instant',
  'string[]': 'list',
};

/** EQL's type of a declared value type. */
export function eqlTypeOf(valueType: ValueType): EqlType {
  return EQL_TYPES[valueType];
}

const text = (name: string, title: string): EventDefinition['properties'][number] => ({
  name,
  title,
  valueType: 'string',
});
const number = (name: string, title: string): EventDefinition['properties'][number] => ({
  name,
  title,
  valueType: 'number',
});

const STRATEGY_PROPERTIES = [
  text('strategy_id', '策略'),
  number('strategy_version', '策略版本'),
  text('node_id', '节点'),
  number('entry', '进入次数'),
];
const MESSAGE_PROPERTIES = [
  ...STRATEGY_PROPERTIES,
  text('message_id', '消息'),
  text('channel', '渠道'),
  text('supplier', '供应商'),
  text('content_id', '内容'),
  text('content_variant', '内容版本'),
  text('reason', '原因'),
];

/** Wutong's own events are known before the first of them has happened. */
const OWN_EVENTS: readonly EventDefinition[] = [
  { name: '$message_reserved', title: '消息已预留', properties: MESSAGE_PROPERTIES },
  { name: '$message_suppressed', title: '消息被抑制', properties: MESSAGE_PROPERTIES },
  { name: '$message_sent', title: '消息已发送', properties: MESSAGE_PROPERTIES },
  { name: '$message_delivered', title: '消息已送达', properties: MESSAGE_PROPERTIES },
  { name: '$message_failed', title: '消息失败', properties: MESSAGE_PROPERTIES },
  { name: '$message_uncertain', title: '消息结果未知', properties: MESSAGE_PROPERTIES },
  { name: '$message_clicked', title: '消息被点击', properties: MESSAGE_PROPERTIES },
  { name: '$message_replied', title: '消息被回复', properties: MESSAGE_PROPERTIES },
  { name: '$strategy_entered', title: '进入策略', properties: STRATEGY_PROPERTIES },
  { name: '$node_passed', title: '经过节点', properties: [...STRATEGY_PROPERTIES, text('outcome', '结果')] },
  { name: '$goal_reached', title: '达成目标', properties: STRATEGY_PROPERTIES },
];

/** Events of the tracking plan and Wutong's own; what the plan says of a name goes first. */
export function knownEvents(planned: readonly EventDefinition[]): EventDefinition[] {
  const byName = new Map(OWN_EVENTS.map((event) => [event.name, event]));
  for (const event of planned) {
    const own = byName.get(event.name);
    const names = new Set(event.properties.map((property) => property.name));
    const missing = own?.properties.filter((property) => !names.has(property.name)) ?? [];
    byName.set(event.name, { ...event, properties: [...event.properties, ...missing] });
  }
  return [...byName.values()];
}
