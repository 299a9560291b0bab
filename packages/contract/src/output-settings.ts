import { z } from 'zod';
import { kafkaConnectionSchema, kafkaSecretsSchema } from './stream-settings.ts';

export const outputSubjects = ['events', 'receipts', 'memberships', 'portraits'] as const;

/** What leaves: events, message facts, who entered and left segments, or attributes and tags of people. */
export const outputSelectionSchema = z.discriminatedUnion('subject', [
  z.strictObject({
    subject: z.literal('events'),
    events: z.array(z.string().min(1).max(100)).max(500).default([]).describe('only these; empty: all'),
    startAt: z
      .enum(['beginning', 'now'])
      .default('now')
      .describe('whether what was stored before the output was made goes first'),
    keyTypes: z.array(z.string().max(64)).max(10).default([]).describe("people's keys that go along"),
  }),
  z.strictObject({
    subject: z.literal('receipts'),
    startAt: z.enum(['beginning', 'now']).default('now'),
    keyTypes: z.array(z.string().max(64)).max(10).default([]),
  }),
  z.strictObject({
    subject: z.literal('memberships'),
    segmentIds: z.array(z.string().max(100)).min(1).max(100),
    startAt: z.enum(['beginning', 'now']).default('now'),
    keyTypes: z.array(z.string().max(64)).max(10).default([]),
  }),
  z.strictObject({
    subject: z.literal('portraits'),
    attributes: z.array(z.string().max(100)).max(500).default([]).describe('only these; empty: all'),
    tags: z.array(z.string().max(100)).max(200).default([]).describe('tags that go along'),
    keyTypes: z.array(z.string().max(64)).max(10).default([]),
  }),
]);
export type OutputSelection = z.output<typeof outputSelectionSchema>;

export const outputDestinationSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('files'),
    format: z.enum(['csv', 'ndjson']),
    gzip: z.boolean().default(true),
    folder: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/)
      .describe('folder below the directory of outputs that the operator configured'),
  }),
  z.strictObject({
    kind: z.literal('webhook'),
    url: z.url({ protocol: /^https?$/ }).max(2_000),
    rowsADelivery: z
      .number()
      .int()
      .min(1)
      .max(1_000)
      .default(200)
      .describe('fewer go where they have more than 1,000,000 bytes'),
    timeoutMs: z.number().int().min(100).max(60_000).default(15_000),
    attempts: z
      .number()
      .int()
      .min(1)
      .max(50)
      .default(12)
      .describe('a delivery that failed so often is set aside as dead and the next one follows'),
  }),
  kafkaConnectionSchema.extend({
    kind: z.literal('kafka'),
    topic: z.string().regex(/^[A-Za-z0-9._-]{1,249}$/),
  }),
]);
export type OutputDestination = z.output<typeof outputDestinationSchema>;

export const outputScheduleSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('continuous').describe('as soon as there is something') }),
  z.strictObject({ kind: z.literal('every'), minutes: z.number().int().min(1).max(10_080) }),
  z.strictObject({
    kind: z.literal('daily'),
    at: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
      .describe("HH:MM in the bank's time zone"),
  }),
  z.strictObject({ kind: z.literal('once') }),
]);
export type OutputSchedule = z.output<typeof outputScheduleSchema>;

/** Secrets are written and never shown; a webhook's signing secret is made by Wutong and shown once. */
export const outputSecretsSchema = kafkaSecretsSchema;
