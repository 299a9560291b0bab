import { z } from 'zod';

/** Settings of an SMPP 3.4 supplier. Times in real milliseconds. */
export const smppSettingsSchema = z.object({
  host: z.string().min(1),
  port: z.number().int().min(1).max(65_535),
  systemId: z.string().min(1).max(15),
  systemType: z.string().max(12).default(''),
  tls: z.boolean().default(false),
  /** Service number the messages come from, e.g. 10690001. */
  sourceAddress: z.string().max(20).default(''),
  sourceTon: z.number().int().min(0).max(6).default(0),
  sourceNpi: z.number().int().min(0).max(18).default(0),
  destinationTon: z.number().int().min(0).max(6).default(1),
  destinationNpi: z.number().int().min(0).max(18).default(1),
  /** How ids in receipts relate to ids in answers. */
  receiptIds: z.enum(['auto', 'same', 'answer_hex', 'answer_decimal']).default('auto'),
  enquireLinkMs: z.number().int().min(1_000).default(30_000),
  responseTimeoutMs: z.number().int().min(100).default(30_000),
  reconnectMs: z.number().int().min(10).default(200).describe('first pause before connecting again'),
  longestReconnectMs: z.number().int().min(10).default(15_000),
});
export type SmppSettings = z.output<typeof smppSettingsSchema>;
