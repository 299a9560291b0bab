import { z } from 'zod';
import { recordMappingSchema } from './mapping.ts';

const brokerSchema = z
  .string()
  .regex(/^(\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9._-]{1,253}):\d{1,5}$/)
  .describe('host:port');
const topicSchema = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,249}$/)
  .describe('name of a topic');

/** How to reach a Kafka cluster; shared by streams in and outputs to topics. */
export const kafkaConnectionSchema = z.strictObject({
  brokers: z.array(brokerSchema).min(1).max(50),
  tls: z
    .strictObject({
      certificateAuthority: z
        .string()
        .max(100_000)
        .optional()
        .describe("PEM; without it the system's authorities count"),
      clientCertificate: z.string().max(100_000).optional().describe('PEM; its key is a secret'),
      serverName: z.string().max(253).optional().describe('name in the certificate when it is not the host'),
    })
    .optional()
    .describe('without it the connection is not encrypted'),
  sasl: z
    .strictObject({
      mechanism: z.enum(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512']),
      username: z.string().min(1).max(255),
    })
    .optional()
    .describe('the password is a secret'),
});
export type KafkaConnection = z.output<typeof kafkaConnectionSchema>;

/** Secrets are written and never shown. */
export const kafkaSecretsSchema = z.strictObject({
  saslPassword: z.string().min(1).max(1_000).optional(),
  clientKey: z.string().min(1).max(100_000).optional().describe('PEM'),
});
export type KafkaSecrets = z.output<typeof kafkaSecretsSchema>;

export const streamFormats = ['native', 'sensors', 'segment', 'cloudevents', 'json'] as const;

/** Rules of plain JSON messages: the records of a file mapping, its columns being fields of the object. */
export const streamMappingSchema = z.strictObject({
  timeZone: z.string().max(64).optional().describe("zone of times without one; default: the bank's"),
  missing: z.array(z.string()).max(50).default(['']).describe('texts that mean that there is no value'),
  records: z
    .array(recordMappingSchema)
    .min(1)
    .max(50)
    .describe('a column is a field of the object; a.b is the field b of the object a'),
});
export type StreamMapping = z.output<typeof streamMappingSchema>;

export const streamSettingsSchema = kafkaConnectionSchema.extend({
  kind: z.literal('kafka'),
  topics: z.array(topicSchema).min(1).max(50),
  group: z.string().min(1).max(249).describe('consumer group; its committed offsets are our position'),
  sessionTimeoutMs: z
    .number()
    .int()
    .min(1_000)
    .max(300_000)
    .default(10_000)
    .describe('a process that said nothing for so long gives its partitions to the others'),
  startAt: z
    .union([z.enum(['earliest', 'latest']), z.iso.datetime({ offset: true })])
    .default('earliest')
    .describe('where to begin in partitions whose group has no position yet'),
  format: z.enum(streamFormats),
  mapping: streamMappingSchema.optional().describe('needed by the format json, and only there'),
});
export type StreamSettings = z.output<typeof streamSettingsSchema>;
