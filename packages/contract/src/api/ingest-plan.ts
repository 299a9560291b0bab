import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { piiClassSchema } from '../model.ts';

export const planStates = ['learnt', 'governed', 'hidden'] as const;
export const planValueTypes = [
  'string',
  'number',
  'boolean',
  'date',
  'datetime',
  'string[]',
  'json',
] as const;

export const planPropertySchema = z.object({
  property: z.string(),
  type: z.enum(planValueTypes),
  title: z.string(),
  meaning: z.string(),
  piiClass: piiClassSchema,
  state: z.enum(planStates),
  usage: z.number().int().describe('records that carried it'),
  conflicts: z.number().int().describe('values of another type, set aside in $type_conflicts'),
  firstSeenAt: z.string(),
  lastSeenAt: z.string(),
});
export const planEventSchema = z.object({
  event: z.string(),
  title: z.string(),
  meaning: z.string(),
  state: z.enum(planStates),
  usage: z.number().int(),
  firstSeenAt: z.string(),
  lastSeenAt: z.string(),
  properties: z.array(planPropertySchema),
});
export type PlanEvent = z.output<typeof planEventSchema>;
export type PlanProperty = z.output<typeof planPropertySchema>;

const nameParam = z.string().min(1).max(200);

export const listTrackingPlan = endpoint({
  name: 'listTrackingPlan',
  method: 'GET',
  path: '/api/v1/tracking-plan',
  room: 'ingest',
  summary: { en: 'Events and properties: types, meaning, usage', zh: '埋点方案：事件与属性' },
  permission: 'source.read',
  query: z.object({
    search: z.string().max(200).optional(),
    hidden: z.enum(['true', 'false']).default('false').describe('also the hidden ones'),
  }),
  response: z.object({ items: z.array(planEventSchema) }),
});

export const savePlanEvent = endpoint({
  name: 'savePlanEvent',
  method: 'PUT',
  path: '/api/v1/tracking-plan/:event',
  room: 'ingest',
  summary: { en: 'Declare or edit an event of the plan', zh: '声明或修改事件' },
  permission: 'source.write',
  params: z.object({ event: nameParam }),
  body: z.object({
    title: z.string().max(200).optional(),
    meaning: z.string().max(2_000).optional(),
    state: z.enum(planStates).optional(),
  }),
  response: planEventSchema,
  errors: ['event_name_invalid'],
});

export const savePlanProperty = endpoint({
  name: 'savePlanProperty',
  method: 'PUT',
  path: '/api/v1/tracking-plan/:event/properties/:property',
  room: 'ingest',
  summary: { en: 'Declare or edit a property of an event', zh: '声明或修改事件属性' },
  permission: 'source.write',
  params: z.object({ event: nameParam, property: nameParam }),
  body: z.object({
    type: z.enum(planValueTypes).optional(),
    title: z.string().max(200).optional(),
    meaning: z.string().max(2_000).optional(),
    piiClass: piiClassSchema.optional(),
    state: z.enum(planStates).optional(),
  }),
  response: planEventSchema,
  errors: ['plan_entry_not_found', 'property_name_invalid'],
});
