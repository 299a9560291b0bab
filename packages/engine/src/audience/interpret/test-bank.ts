import { createHash } from 'node:crypto';
import type { ingestApi } from '@wutong/contract';
import { createIdentity } from '../../identity/index.ts';
import type { Platform } from '../../platform/index.ts';
import { createProfile, type Declarations, type Profile } from '../../profile/index.ts';
import { knownEvents, type EqlCatalogue } from '../catalogue.ts';
import type { Fields, Plain, World } from './world.ts';

const title = (text: string): { en: string; zh: string } => ({ en: text, zh: text });
const field = (
  name: string,
  valueType: 'string' | 'number' | 'boolean' | 'date' | 'datetime' | 'string[]',
  unit?: string,
): { name: string; title: { en: string; zh: string }; valueType: typeof valueType; unit?: string } => ({
  name,
  title: title(name),
  valueType,
  ...(unit === undefined ? {} : { unit }),
});

/** A small bank for tests: every kind of declaration that EQL can name. */
export const testDeclarations: Declarations = {
  attributes: [
    field('age', 'number'),
    field('aum', 'number', 'cny'),
    field('city', 'string'),
    field('vip', 'boolean'),
    field('birth_date', 'date'),
    field('opened_at', 'datetime'),
    field('interests', 'string[]'),
    { ...field('real_name', 'string'), pii: 'identifying' },
    field('time_zone', 'string'),
  ],
  entityTypes: [
    { name: 'product', title: title('product'), fields: [field('kind', 'string'), field('risk', 'number')] },
    { name: 'company', title: title('company'), fields: [field('size', 'number'), field('city', 'string')] },
    {
      name: 'manager',
      title: title('manager'),
      fields: [field('branch', 'string'), field('time_zone', 'string')],
    },
  ],
  relationTypes: [
    { name: 'legal_representative', title: title('legal representative'), from: 'person', to: 'company' },
    { name: 'managed_by', title: title('managed by'), from: 'person', to: 'manager' },
    { name: 'parent', title: title('parent'), from: 'company', to: 'company' },
  ],
  purposes: [
    { purpose: 'marketing', version: 1, title: title('marketing') },
    { purpose: 'service', version: 1, title: title('service') },
  ],
  detailTypes: [
    {
      name: 'holding',
      title: title('holding'),
      owner: 'person',
      fields: [
        field('product_id', 'string'),
        field('amount', 'number', 'cny'),
        field('maturity_date', 'date'),
      ],
      references: [{ field: 'product_id', entityType: 'product' }],
    },
    { name: 'balance', title: title('balance'), owner: 'person', fields: [field('aum', 'number', 'cny')] },
    {
      name: 'loan',
      title: title('loan'),
      owner: 'company',
      fields: [field('end_date', 'date'), field('status', 'string'), field('amount', 'number', 'cny')],
    },
  ],
};

type PlanProperty = readonly [name: string, type: ingestApi.PlanProperty['type']];
const EVENTS: Readonly<Record<string, readonly PlanProperty[]>> = {
  view_product: [
    ['category', 'string'],
    ['product_id', 'string'],
    ['seconds', 'number'],
    ['first', 'boolean'],
    ['until', 'date'],
    ['shown_at', 'datetime'],
    ['labels', 'string[]'],
  ],
  purchase: [
    ['category', 'string'],
    ['product_id', 'string'],
    ['amount', 'number'],
  ],
  login: [['channel', 'string']],
  trade: [
    ['channel', 'string'],
    ['amount', 'number'],
  ],
  salary_in: [['amount', 'number']],
};

/** The tracking plan of the small bank. */
export function testPlan(): ingestApi.PlanEvent[] {
  const common = { meaning: '', state: 'learnt', usage: 1, firstSeenAt: '', lastSeenAt: '' } as const;
  return Object.entries(EVENTS).map(([event, properties]) => ({
    ...common,
    event,
    title: event,
    properties: properties.map(([property, type]) => ({
      ...common,
      property,
      type,
      title: property,
      piiClass: 'none',
      conflicts: 0,
    })),
  }));
}

/** Declares the small bank. */
export async function declareTestBank(platform: Platform): Promise<Profile> {
  const profile = createProfile(platform, createIdentity(platform));
  await profile.declare(testDeclarations);
  return profile;
}

/** The catalogue of the small bank, with two set tags, a rule segment and an imported one. */
export async function testCatalogue(profile: Profile): Promise<EqlCatalogue> {
  const events = testPlan().map((event) => ({
    name: event.event,
    title: event.title,
    properties: event.properties.map((each) => ({
      name: each.property,
      title: each.title,
      valueType: each.type,
    })),
  }));
  return {
    model: await profile.catalogue(),
    events: knownEvents(events),
    segments: [
      { segmentId: 'imported', name: '导入人群', run: 3 },
      {
        segmentId: 'grown_up',
        name: '成年人',
        run: 0,
        document: {
          kind: 'population',
          of: 'person',
          where: {
            kind: 'compare',
            operator: '>=',
            left: { kind: 'attribute', path: ['age'] },
            right: { kind: 'number', value: 18 },
          },
        },
      },
    ],
    tags: [
      { tagId: 'level', name: '等级', type: 'text' },
      { tagId: 'score', name: '评分', type: 'number' },
    ],
  };
}

/** A UUID made of a number: tests need ids that are the same in each run. */
export function uuidOf(number: number): string {
  const hex = createHash('md5').update(String(number)).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

const time = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').slice(0, 23);
const AS_STORED = { input_format_try_infer_dates: 0, input_format_try_infer_datetimes: 0 } as const;

/** Replaces all rows by those of a world, through the tables that ingest and profile write. */
export async function loadWorld(platform: Platform, world: World): Promise<void> {
  const { clickhouse } = platform;
  const fill = async (table: string, rows: readonly object[]): Promise<void> => {
    await clickhouse.command(`TRUNCATE TABLE ${table}`);
    await clickhouse.insert(table, rows, { settings: AS_STORED });
  };
  await fill(
    'person',
    [...world.people].map(([personId, fields]) => ({
      person_id: personId,
      key_number: personId,
      version: 1,
      ...columns(fields),
    })),
  );
  for (const [type, entities] of world.entities) {
    const rows = [...entities].map(([id, fields]) => ({ entity_id: id, version: 1, ...columns(fields) }));
    await fill(`entity_${type}`, rows);
  }
  for (const type of ['holding', 'balance', 'loan']) {
    const rows = world.details
      .filter((detail) => detail.type === type)
      .map((detail) => ({
        detail_id: detail.detailId,
        owner_type: detail.ownerType,
        owner_id: detail.ownerId,
        person_id: detail.personId,
        key_number: detail.keyNumber,
        time: time(detail.time),
        version: detail.version,
        ...columns(detail.fields),
      }));
    await fill(`detail_${type}`, rows);
    await fill(`detail_${type}_history`, rows);
  }
  await fill('relation', world.relations.map(relationRow));
  await fill(
    'consent',
    world.consents.map((each) => ({
      person_id: each.personId,
      key_number: each.personId,
      purpose: each.purpose,
      channel: each.channel,
      granted: each.granted ? 1 : 0,
      at: time(world.now),
      version: 1,
    })),
  );
  await fill(
    'event',
    world.events.map((event) => ({
      person_id: event.personId,
      key_number: event.keyNumber,
      time: time(event.time),
      received_at: time(event.time),
      event: event.event,
      event_id: event.eventId,
      source_id: event.source,
      batch_id: uuidOf(0),
      properties: properties(event.event, event.properties),
    })),
  );
  await loadAudience(fill, world);
}

async function loadAudience(
  fill: (table: string, rows: readonly object[]) => Promise<void>,
  world: World,
): Promise<void> {
  await fill(
    'identity_override',
    [...world.moved].map(([key, person]) => ({ key_number: key, person_id: person, version: 1 })),
  );
  await fill(
    'tag_value',
    [...world.tags].flatMap(([tag, values]) =>
      [...values].map(([person, value]) => ({
        tag_id: tag,
        person_id: person,
        texts: typeof value === 'string' ? [value] : [],
        numbers: typeof value === 'number' ? [value] : [],
        version: 1,
      })),
    ),
  );
  await fill(
    'segment_change',
    world.changes.map((change) => ({
      segment_id: change.segmentId,
      run: change.run,
      person_id: change.personId,
      at: time(change.at),
      direction: change.direction,
      cause: change.cause,
    })),
  );
}

function relationRow(relation: World['relations'][number]): object {
  const person = (type: string, id: string): number => (type === 'person' ? Number(id) : 0);
  return {
    relation_type: relation.type,
    from_type: relation.fromType,
    from_id: relation.fromId,
    from_key_number: person(relation.fromType, relation.fromId),
    from_person_id: person(relation.fromType, relation.fromId),
    to_type: relation.toType,
    to_id: relation.toId,
    to_key_number: person(relation.toType, relation.toId),
    to_person_id: person(relation.toType, relation.toId),
    valid_from: time(relation.validFrom),
    valid_to: time(relation.validTo),
    attributes: {},
    version: 1,
  };
}

/** Instants are epoch ms in a world and times in a table. */
function columns(fields: Fields): Record<string, Plain> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      name === 'opened_at' && typeof value === 'number' ? time(value) : value,
    ]),
  );
}

/** Numbers are stored with a decimal point (see ingest's write-row), which JSON.stringify would drop. */
function properties(event: string, fields: Fields): object {
  const types = new Map(EVENTS[event]);
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => {
      if (value === null) return [];
      if (types.get(name) === 'datetime') return [[name, new Date(Number(value)).toISOString()]];
      // A quarter more than a whole number keeps the path Float64.
      return [[name, value]];
    }),
  );
}
