import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import {
  catalogueSchema,
  detailTypeSchema,
  entityTypeSchema,
  fieldSchema,
  piiClassSchema,
  purposeDeclarationSchema,
  relationTypeSchema,
  titleSchema,
  typeNameSchema,
  valueTypeSchema,
} from '../model.ts';

/** A value as shown: personal ones masked unless opened. Dates `YYYY-MM-DD`, instants ISO 8601 UTC. */
export const shownValueSchema = z.union([z.string(), z.number(), z.boolean(), z.array(z.string()), z.null()]);
export type ShownValue = z.output<typeof shownValueSchema>;

/** Which source last wrote a value, when, through which key. */
export const lineageSchema = z.object({
  sourceId: z.string(),
  at: z.string(),
  keyNumber: z.number().describe('the identity key that the record carried'),
});

export const shownAttributeSchema = z.object({
  name: z.string(),
  title: titleSchema,
  valueType: valueTypeSchema,
  unit: z.string().optional(),
  pii: piiClassSchema,
  value: shownValueSchema,
  masked: z.boolean(),
  lineage: lineageSchema.optional(),
});
export type ShownAttribute = z.output<typeof shownAttributeSchema>;

export const shownKeySchema = z.object({
  type: z.string(),
  keyNumber: z.number(),
  masked: z.string(),
});

/** The far end of a relation, or an owner. */
export const shownEndSchema = z.object({
  type: z.string().describe('`person` or an entity type'),
  id: z.string().describe('person id or entity id'),
  title: z.string().optional().describe('name to show; masked for persons'),
});

/** Persons with a relation to the same entity: the co-holders of an account, the people of a company. */
export const shownNeighbourSchema = shownEndSchema.extend({
  relationType: z.string(),
  relationTitle: titleSchema,
  attributes: z.record(z.string(), shownValueSchema),
});

export const shownDetailSchema = z.object({
  type: z.string(),
  title: titleSchema,
  detailId: z.string(),
  time: z.string(),
  owner: shownEndSchema,
  fields: z.record(z.string(), shownValueSchema),
});
export type ShownDetail = z.output<typeof shownDetailSchema>;

export const shownReferenceSchema = z.object({
  type: z.string().describe('of the details'),
  title: titleSchema,
  field: z.string().describe('that holds the id of the entity'),
  count: z.number().int(),
  newest: z.array(shownDetailSchema).describe('at most 20'),
});
export type ShownReference = z.output<typeof shownReferenceSchema>;

export const shownRelationSchema = z.object({
  relationType: z.string(),
  title: titleSchema,
  direction: z.enum(['out', 'in']),
  end: shownEndSchema,
  validFrom: z.string().optional(),
  validTo: z.string().optional(),
  attributes: z.record(z.string(), shownValueSchema),
  entity: z
    .record(z.string(), shownValueSchema)
    .optional()
    .describe('attributes of the entity at the far end'),
  neighbours: z.array(shownNeighbourSchema).describe('others related to the same entity, at most 50'),
  details: z.array(shownDetailSchema).describe('newest details owned by the entity, at most 50'),
});
export type ShownRelation = z.output<typeof shownRelationSchema>;

export const shownConsentSchema = z.object({
  purpose: z.string(),
  purposeVersion: z.number().int(),
  channel: z.string(),
  granted: z.boolean(),
  valid: z.boolean().describe('granted for the present version of the purpose'),
  at: z.string(),
  sourceId: z.string(),
  proof: z.record(z.string(), z.unknown()),
});

export const suppressionScopes = ['person', 'address'] as const;
export const shownSuppressionSchema = z.object({
  suppressionId: z.string(),
  scope: z.enum(suppressionScopes).describe('the person, or only the address of the key'),
  keyNumber: z.number().optional(),
  channel: z.string().describe('`*` for all'),
  purpose: z.string().describe('`*` for all'),
  reason: z.string(),
  at: z.string(),
  expiresAt: z.string().optional(),
});

export const personViewSchema = z.object({
  personId: z.number(),
  title: z.string().describe('masked name or key'),
  firstSeenAt: z.string().optional(),
  keys: z.array(shownKeySchema),
  attributes: z.array(shownAttributeSchema),
  relations: z.array(shownRelationSchema),
  details: z.array(shownDetailSchema),
  consents: z.array(shownConsentSchema),
  suppressions: z.array(shownSuppressionSchema),
});
export type PersonView = z.output<typeof personViewSchema>;

export const entityViewSchema = z.object({
  type: z.string(),
  typeTitle: titleSchema,
  id: z.string(),
  title: z.string(),
  attributes: z.array(shownAttributeSchema),
  relations: z.array(shownRelationSchema),
  details: z.array(shownDetailSchema),
});
export type EntityView = z.output<typeof entityViewSchema>;

const personParams = z.object({ personId: z.coerce.number().int().min(0) });

export const readPerson = endpoint({
  name: 'readPerson',
  method: 'GET',
  path: '/api/v1/people/:personId',
  room: 'profile',
  summary: { en: '360° view of a person, personal values masked', zh: '客户 360° 视图（个人信息脱敏）' },
  permission: 'people.read',
  params: personParams,
  response: personViewSchema,
  errors: ['person_not_found'],
});

export const openPerson = endpoint({
  name: 'openPerson',
  method: 'POST',
  path: '/api/v1/people/:personId/openings',
  room: 'profile',
  summary: {
    en: 'Open the personal values of one person for a stated purpose; recorded in the audit log',
    zh: '按所填用途查看某客户的个人信息明文；写入审计日志',
  },
  permission: 'pii.open',
  params: personParams,
  body: z.object({ purpose: z.string().trim().min(4).max(500).describe('why it is needed') }),
  response: personViewSchema,
  errors: ['person_not_found'],
});

export const readPersonTitles = endpoint({
  name: 'readPersonTitles',
  method: 'POST',
  path: '/api/v1/people/titles',
  room: 'profile',
  summary: { en: 'Names of people as lists show them: masked', zh: '列表中显示的客户名称（脱敏）' },
  permission: 'people.read',
  body: z.object({ personIds: z.array(z.number().int().min(0)).min(1).max(500) }),
  response: z.object({ items: z.array(z.object({ personId: z.number(), title: z.string() })) }),
});

export const timelineEntrySchema = z.object({
  event: z.string(),
  eventId: z.string(),
  time: z.string(),
  sourceId: z.string(),
  keyNumber: z.number(),
  properties: z.record(z.string(), z.unknown()),
});

export const readTimeline = endpoint({
  name: 'readTimeline',
  method: 'GET',
  path: '/api/v1/people/:personId/timeline',
  room: 'profile',
  summary: { en: 'Events of a person, newest first', zh: '客户事件时间线（最新在前）' },
  permission: 'people.read',
  params: personParams,
  query: z.object({
    cursor: z.string().max(200).optional(),
    limit: z.coerce.number().int().min(1).max(500).default(100),
    events: z.string().max(2_000).optional().describe('only these events, separated by commas'),
    from: z.iso.datetime({ offset: true }).optional(),
    to: z.iso.datetime({ offset: true }).optional(),
  }),
  response: z.object({ items: z.array(timelineEntrySchema), nextCursor: z.string().optional() }),
  errors: ['person_not_found'],
});

export const readEntity = endpoint({
  name: 'readEntity',
  method: 'GET',
  path: '/api/v1/entities/:type/:id',
  room: 'profile',
  summary: { en: '360° view of an entity', zh: '实体 360° 视图' },
  permission: 'entity.read',
  params: z.object({ type: typeNameSchema, id: z.string().min(1).max(200) }),
  response: entityViewSchema,
  errors: ['entity_not_found', 'type_not_declared'],
});

export const listEntityReferences = endpoint({
  name: 'listEntityReferences',
  method: 'GET',
  path: '/api/v1/entities/:type/:id/references',
  room: 'profile',
  summary: {
    en: 'Details that name an entity in a field, such as the holdings of a product: how many, and the newest with their owners',
    zh: '引用某实体的明细（例如某产品的持仓）：数量与最新若干条及其归属',
  },
  permission: 'entity.read',
  params: z.object({ type: typeNameSchema, id: z.string().min(1).max(200) }),
  response: z.object({ items: z.array(shownReferenceSchema) }),
  errors: ['type_not_declared'],
});

export const listEntities = endpoint({
  name: 'listEntities',
  method: 'GET',
  path: '/api/v1/entities/:type',
  room: 'profile',
  summary: { en: 'Entities of a type, by id; or those whose title contains a text', zh: '某类型的实体列表' },
  permission: 'entity.read',
  params: z.object({ type: typeNameSchema }),
  query: z.object({
    search: z.string().max(200).optional(),
    cursor: z.string().max(200).optional(),
    limit: z.coerce.number().int().min(1).max(500).default(50),
  }),
  response: z.object({
    items: z.array(
      z.object({ id: z.string(), title: z.string(), attributes: z.record(z.string(), shownValueSchema) }),
    ),
    nextCursor: z.string().optional(),
  }),
  errors: ['type_not_declared'],
});

export const readCatalogue = endpoint({
  name: 'readCatalogue',
  method: 'GET',
  path: '/api/v1/catalogue',
  room: 'profile',
  summary: {
    en: 'Declared attributes, entity, relation and detail types, and purposes',
    zh: '已定义的属性、实体、关系、明细类型与授权用途',
  },
  permission: 'entity.read',
  response: catalogueSchema,
});

const declared = z.object({
  version: z.number().int().describe('version of the catalogue that contains it'),
});

export const declareAttribute = endpoint({
  name: 'declareAttribute',
  method: 'PUT',
  path: '/api/v1/attributes',
  room: 'profile',
  summary: { en: 'Declare or retitle an attribute of persons', zh: '定义或修改客户属性' },
  permission: 'entity.write',
  body: fieldSchema,
  response: declared,
  errors: ['declaration_conflict', 'reserved_name', 'too_many_fields'],
});

export const declareEntityType = endpoint({
  name: 'declareEntityType',
  method: 'PUT',
  path: '/api/v1/entity-types',
  room: 'profile',
  summary: { en: 'Declare an entity type or add fields to it', zh: '定义实体类型或增加字段' },
  permission: 'entity.write',
  body: entityTypeSchema,
  response: declared,
  errors: ['declaration_conflict', 'reserved_name', 'too_many_fields'],
});

export const declareRelationType = endpoint({
  name: 'declareRelationType',
  method: 'PUT',
  path: '/api/v1/relation-types',
  room: 'profile',
  summary: { en: 'Declare a relation type or add fields to it', zh: '定义关系类型或增加字段' },
  permission: 'entity.write',
  body: relationTypeSchema,
  response: declared,
  errors: ['declaration_conflict', 'reserved_name', 'too_many_fields', 'type_not_declared'],
});

export const declareDetailType = endpoint({
  name: 'declareDetailType',
  method: 'PUT',
  path: '/api/v1/detail-types',
  room: 'profile',
  summary: { en: 'Declare a detail type or add fields to it', zh: '定义明细类型或增加字段' },
  permission: 'entity.write',
  body: detailTypeSchema,
  response: declared,
  errors: ['declaration_conflict', 'reserved_name', 'too_many_fields', 'type_not_declared'],
});

export const declarePurpose = endpoint({
  name: 'declarePurpose',
  method: 'PUT',
  path: '/api/v1/purposes',
  room: 'profile',
  summary: {
    en: 'Declare a purpose or a new version of it; consents to older versions stop being valid',
    zh: '定义用途或其新版本；旧版本的授权随之失效',
  },
  permission: 'entity.write',
  body: purposeDeclarationSchema,
  response: declared,
});
