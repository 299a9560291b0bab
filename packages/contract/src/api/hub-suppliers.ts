import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { channelSchema, purposeSchema } from './content.ts';

export const supplierKinds = ['smpp', 'smtp', 'fcm', 'webhook', 'in_app', 'task'] as const;
export const supplierKindSchema = z.enum(supplierKinds);
export type SupplierKind = z.output<typeof supplierKindSchema>;

const supplierIdSchema = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/);

/** What an administrator says of a supplier. `settings` differ by kind and are checked when saved. */
export const supplierInputSchema = z.object({
  supplierId: supplierIdSchema,
  name: z.string().min(1).max(200),
  kind: supplierKindSchema,
  settings: z
    .record(z.string(), z.unknown())
    .default({})
    .describe(
      'smpp: host, port, systemId, sourceAddress; smtp: host, port, from; fcm: projectId, endpoint; webhook: url',
    ),
  secrets: z
    .record(z.string(), z.string())
    .optional()
    .describe('password, privateKey, signingSecret; stored encrypted and never shown again'),
  ratePerSecond: z.number().min(0.01).max(100_000).default(500).describe('messages per second of real time'),
  window: z.number().int().min(1).max(1_000).default(64).describe('unanswered submits on the session'),
  purposes: z.array(purposeSchema).min(1).default(['marketing', 'service', 'verification']),
  unitCostMicros: z.number().int().min(0).default(0).describe('millionths of a yuan for each part'),
});

export const supplierHealthSchema = z.object({
  link: z.enum(['up', 'down', 'not_needed']),
  boundAt: z.string().optional(),
  ownerProcess: z.string().optional(),
  lastError: z.string().optional(),
  lastErrorAt: z.string().optional(),
  inFlight: z.number().int(),
  pending: z.number().int().describe('messages handed to it and not yet called'),
  sentLastHour: z.number().int(),
  deliveredLastHour: z.number().int(),
  failedLastHour: z.number().int(),
  uncertainLastHour: z.number().int(),
  awaitingReceipt: z.number().int(),
});

export const supplierSchema = supplierInputSchema.omit({ secrets: true }).extend({
  channel: channelSchema,
  state: z.enum(['active', 'paused']),
  hasSecrets: z.array(z.string()).describe('names of the secrets stored'),
  createdAt: z.string(),
  updatedAt: z.string(),
  health: supplierHealthSchema,
});

export const listSuppliers = endpoint({
  name: 'listSuppliers',
  method: 'GET',
  path: '/api/v1/suppliers',
  room: 'hub',
  summary: { en: 'Suppliers and their health', zh: '供应商及其健康状况' },
  permission: 'supplier.read',
  response: z.object({ items: z.array(supplierSchema) }),
});

export const createSupplier = endpoint({
  name: 'createSupplier',
  method: 'POST',
  path: '/api/v1/suppliers',
  room: 'hub',
  summary: { en: 'Connect a supplier', zh: '接入供应商' },
  permission: 'supplier.write',
  body: supplierInputSchema,
  response: supplierSchema,
  errors: ['supplier_exists', 'supplier_settings_invalid'],
});

export const editSupplier = endpoint({
  name: 'editSupplier',
  method: 'PATCH',
  path: '/api/v1/suppliers/:supplierId',
  room: 'hub',
  summary: { en: 'Change, pause or resume a supplier', zh: '修改、暂停或恢复供应商' },
  permission: 'supplier.write',
  params: z.object({ supplierId: supplierIdSchema }),
  body: z.object({
    name: z.string().min(1).max(200).optional(),
    settings: z.record(z.string(), z.unknown()).optional(),
    secrets: z.record(z.string(), z.string()).optional(),
    ratePerSecond: z.number().min(0.01).max(100_000).optional(),
    window: z.number().int().min(1).max(1_000).optional(),
    purposes: z.array(purposeSchema).min(1).optional(),
    unitCostMicros: z.number().int().min(0).optional(),
    state: z.enum(['active', 'paused']).optional(),
  }),
  response: supplierSchema,
  errors: ['supplier_not_found', 'supplier_settings_invalid'],
});

export const routeSchema = z.object({
  routeId: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/),
  name: z.string().min(1).max(200),
  channel: channelSchema,
  order: z.number().int().min(0).max(10_000).default(100).describe('the first matching route wins'),
  purposes: z.array(purposeSchema).default([]).describe('empty: every purpose'),
  prefixes: z
    .array(z.string().regex(/^\+?\d{1,15}$/))
    .max(500)
    .default([])
    .describe('of the address; empty: every address'),
  shares: z
    .array(z.object({ supplierId: z.string(), share: z.number().int().min(0).max(10_000) }))
    .min(1)
    .max(20)
    .describe('relative shares; 0 = only as the other one of a cascade'),
  enabled: z.boolean().default(true),
});
export type Route = z.output<typeof routeSchema>;

export const listRoutes = endpoint({
  name: 'listRoutes',
  method: 'GET',
  path: '/api/v1/routes',
  room: 'hub',
  summary: { en: 'Routes in the order they are tried', zh: '路由（按匹配顺序）' },
  permission: 'supplier.read',
  response: z.object({ items: z.array(routeSchema) }),
});

export const putRoute = endpoint({
  name: 'putRoute',
  method: 'PUT',
  path: '/api/v1/routes/:routeId',
  room: 'hub',
  summary: { en: 'Create or change a route and its shares', zh: '新建或修改路由与比例' },
  permission: 'supplier.write',
  params: z.object({ routeId: routeSchema.shape.routeId }),
  body: routeSchema.omit({ routeId: true }),
  response: routeSchema,
  errors: ['supplier_not_found', 'route_channel_differs'],
});

export const deleteRoute = endpoint({
  name: 'deleteRoute',
  method: 'DELETE',
  path: '/api/v1/routes/:routeId',
  room: 'hub',
  summary: { en: 'Remove a route', zh: '删除路由' },
  permission: 'supplier.write',
  params: z.object({ routeId: routeSchema.shape.routeId }),
  response: z.object({ deleted: z.boolean() }),
});
