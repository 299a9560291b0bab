import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { typeNameSchema } from '../model.ts';
import { shownConsentSchema, shownSuppressionSchema, suppressionScopes } from './profile.ts';

const personParams = z.object({ personId: z.coerce.number().int().min(0) });
const channelOrAll = z
  .string()
  .regex(/^([a-z][a-z0-9_]{0,47}|\*)$/)
  .describe('a channel, or `*` for all');

export const recordConsent = endpoint({
  name: 'recordConsent',
  method: 'POST',
  path: '/api/v1/people/:personId/consents',
  room: 'profile',
  summary: {
    en: 'Record a consent or its withdrawal: one purpose, one channel or all',
    zh: '记录授权或撤回：一个用途，单个或全部渠道',
  },
  permission: 'consent.write',
  params: personParams,
  body: z.object({
    purpose: typeNameSchema,
    purposeVersion: z.number().int().min(1).optional().describe('default: the present version'),
    channel: channelOrAll.default('*'),
    granted: z.boolean(),
    at: z.iso.datetime({ offset: true }).optional().describe('default: now'),
    proof: z
      .record(z.string(), z.unknown())
      .default({})
      .describe('document, text shown, agreement number, recording'),
  }),
  response: z.object({ consents: z.array(shownConsentSchema) }),
  errors: ['person_not_found', 'purpose_not_declared'],
});

export const listConsentHistory = endpoint({
  name: 'listConsentHistory',
  method: 'GET',
  path: '/api/v1/people/:personId/consents',
  room: 'profile',
  summary: { en: 'Every consent and withdrawal of a person, newest first', zh: '客户授权与撤回的全部记录' },
  permission: 'people.read',
  params: personParams,
  response: z.object({ items: z.array(shownConsentSchema) }),
  errors: ['person_not_found'],
});

export const addSuppression = endpoint({
  name: 'addSuppression',
  method: 'POST',
  path: '/api/v1/people/:personId/suppressions',
  room: 'profile',
  summary: {
    en: 'Stop sending to a person or to one address of theirs',
    zh: '将客户或其某个地址加入抑制名单',
  },
  permission: 'consent.write',
  params: personParams,
  body: z.object({
    scope: z.enum(suppressionScopes).default('person'),
    keyNumber: z.number().int().optional().describe('the address, when the scope is `address`'),
    channel: channelOrAll.default('*'),
    purpose: channelOrAll.default('*'),
    reason: z.string().min(1).max(100),
    expiresAt: z.iso.datetime({ offset: true }).optional(),
  }),
  response: shownSuppressionSchema,
  errors: ['person_not_found'],
});

export const liftSuppression = endpoint({
  name: 'liftSuppression',
  method: 'DELETE',
  path: '/api/v1/suppressions/:suppressionId',
  room: 'profile',
  summary: { en: 'Lift a suppression; the record stays', zh: '解除抑制（保留记录）' },
  permission: 'consent.write',
  params: z.object({ suppressionId: z.uuid() }),
  response: z.object({ lifted: z.boolean() }),
});
