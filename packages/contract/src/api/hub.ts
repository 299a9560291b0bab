import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { channelSchema, contentIdSchema, purposeSchema } from './content.ts';
export * from './hub-suppliers.ts';
export * from './hub-tasks.ts';

/** A message's place in the books; `delivered` and `clicked` are marks on a sent message. */
export const messageStates = ['suppressed', 'pending', 'sent', 'failed', 'uncertain'] as const;
export const messageStateSchema = z.enum(messageStates);
export type MessageState = z.output<typeof messageStateSchema>;

/** Delivery track of one attempt, in the order in which states may replace each other. */
export const attemptStates = [
  'calling',
  'returned',
  'sent',
  'uncertain',
  'no_receipt',
  'rejected',
  'expired',
  'undeliverable',
  'delivered',
] as const;
export const attemptStateSchema = z.enum(attemptStates);
export type AttemptState = z.output<typeof attemptStateSchema>;

/** Lanes in the order they are served: a login code never waits behind a campaign. */
export const lanes = ['urgent', 'normal', 'bulk'] as const;
export const laneSchema = z.enum(lanes);
export type Lane = z.output<typeof laneSchema>;

/** What a step promises when its first attempt does not arrive. */
export const cascadeSchema = z.object({
  onReject: z.boolean().default(true).describe('another supplier when one rejects or cannot deliver'),
  noReceiptAfterMs: z
    .number()
    .int()
    .min(1_000)
    .optional()
    .describe('another supplier when no final receipt came within this time, ms of Wutong’s clock'),
  maximumAttempts: z
    .number()
    .int()
    .min(1)
    .max(5)
    .default(2)
    .describe('attempts over all suppliers of a channel'),
  nextChannels: z.array(channelSchema).max(4).default([]).describe('channels tried when this one has failed'),
});
export type Cascade = z.output<typeof cascadeSchema>;

/** Books of one send step. `audience = suppressed + pending + sent + failed + uncertain` or it is not balanced. */
export const stepBooksSchema = z.object({
  strategyId: z.string(),
  strategyVersion: z.number().int(),
  nodeId: z.string(),
  audience: z.number().int(),
  suppressed: z.record(z.string(), z.number().int()).describe('reason → number'),
  pending: z.number().int(),
  sent: z.number().int(),
  delivered: z.number().int().describe('of the sent'),
  clicked: z.number().int().describe('of all'),
  failed: z.number().int(),
  uncertain: z.number().int(),
  balanced: z.boolean(),
});
export type StepBooks = z.output<typeof stepBooksSchema>;

export const readBooks = endpoint({
  name: 'readBooks',
  method: 'GET',
  path: '/api/v1/books',
  room: 'hub',
  summary: {
    en: 'Books of every send step, counted from the ledger; numbers of the whole bank, also for users of an institution',
    zh: '各发送步骤的账目（实时取自台账）；全行口径，机构用户亦同',
  },
  permission: 'message.read',
  query: z.object({
    strategyId: z.string().optional(),
    strategyVersion: z.coerce.number().int().optional(),
    nodeId: z.string().optional(),
  }),
  response: z.object({ items: z.array(stepBooksSchema), balanced: z.boolean() }),
});

export const sendMessages = endpoint({
  name: 'sendMessages',
  method: 'POST',
  path: '/api/v1/messages',
  room: 'hub',
  summary: {
    en: 'Send messages; the same idempotencyKey to the same person is one message however often it is posted',
    zh: '发送消息；同一客户、同一幂等键无论提交多少次都只发一条',
  },
  permission: 'message.send',
  body: z.object({
    messages: z
      .array(
        z.object({
          idempotencyKey: z.string().min(1).max(200),
          to: z
            .object({ type: z.string().min(1).max(64), value: z.string().min(1).max(200) })
            .describe('a key of the person'),
          channel: channelSchema,
          purpose: purposeSchema
            .optional()
            .describe('that of the content, which decides; another one is refused'),
          contentId: contentIdSchema,
          contentVersion: z.number().int().min(1).optional().describe('default: the approved version'),
          context: z.record(z.string(), z.unknown()).default({}),
          notBefore: z.iso.datetime().optional(),
          expiresAt: z.iso.datetime().optional(),
          cascade: cascadeSchema.optional(),
        }),
      )
      .min(1)
      .max(1_000),
  }),
  response: z.object({
    items: z.array(
      z.object({
        idempotencyKey: z.string(),
        messageId: z.string().optional(),
        state: messageStateSchema.optional(),
        reason: z.string().optional(),
        existing: z.boolean().describe('true when the message was posted before'),
      }),
    ),
  }),
  errors: ['content_not_found', 'content_not_approved', 'content_channel_missing'],
  bodyLimitBytes: 8 * 1024 * 1024,
});

export const messageSchema = z.object({
  messageId: z.string(),
  personId: z.number().int(),
  strategyId: z.string(),
  strategyVersion: z.number().int(),
  nodeId: z.string(),
  entry: z.number().int(),
  channel: channelSchema,
  purpose: purposeSchema,
  lane: laneSchema,
  contentId: z.string(),
  contentVersion: z.number().int(),
  contentVariant: z.string().optional(),
  state: messageStateSchema,
  reason: z.string().optional(),
  supplierId: z.string().optional(),
  attempts: z.number().int(),
  reservedAt: z.string(),
  dueAt: z.string().optional(),
  sentAt: z.string().optional(),
  deliveredAt: z.string().optional(),
  clickedAt: z.string().optional(),
});

export const listMessages = endpoint({
  name: 'listMessages',
  method: 'GET',
  path: '/api/v1/messages',
  room: 'hub',
  summary: { en: 'Search messages, newest first', zh: '消息查询（最新在前）' },
  permission: 'message.read',
  query: z.object({
    personId: z.coerce.number().int().optional(),
    strategyId: z.string().optional(),
    strategyVersion: z.coerce.number().int().optional(),
    nodeId: z.string().optional(),
    state: messageStateSchema.optional(),
    reason: z.string().optional(),
    channel: channelSchema.optional(),
    supplierId: z.string().optional(),
    delivered: z.stringbool().optional(),
    clicked: z.stringbool().optional(),
    cursor: z.uuid().optional(),
    limit: z.coerce.number().int().min(1).max(500).default(50),
  }),
  response: z.object({ items: z.array(messageSchema), nextCursor: z.string().optional() }),
});

export const attemptSchema = z.object({
  attemptId: z.string(),
  ordinal: z.number().int(),
  channel: channelSchema,
  supplierId: z.string(),
  state: attemptStateSchema,
  address: z.string().optional().describe('masked'),
  parts: z.number().int(),
  code: z.string().optional().describe('the supplier’s own code'),
  calledAt: z.string(),
  answeredAt: z.string().optional(),
  finalAt: z.string().optional(),
  rendered: z
    .record(z.string(), z.string())
    .optional()
    .describe('the texts as they were sent; only with openFor'),
});

export const receiptSchema = z.object({
  receiptId: z.string(),
  attemptId: z.string().optional(),
  supplierId: z.string(),
  providerId: z.string(),
  state: z.string(),
  code: z.string().optional(),
  receivedAt: z.string(),
  changed: z.boolean().describe('whether it moved the attempt up'),
});

export const readMessage = endpoint({
  name: 'readMessage',
  method: 'GET',
  path: '/api/v1/messages/:messageId',
  room: 'hub',
  summary: { en: 'A message’s whole story: attempts and receipts', zh: '一条消息的完整经过：尝试与回执' },
  permission: 'message.read',
  params: z.object({ messageId: z.uuid() }),
  query: z.object({
    openFor: z
      .string()
      .min(2)
      .max(200)
      .optional()
      .describe('purpose of reading the texts as they were sent; needs pii.open and is audited'),
  }),
  response: z.object({
    message: messageSchema,
    attempts: z.array(attemptSchema),
    receipts: z.array(receiptSchema),
  }),
  errors: ['message_not_found'],
});

export const slotItemSchema = z.object({
  messageId: z.string().describe('send it back in $slot_shown and $message_clicked'),
  slot: z.string(),
  title: z.string(),
  body: z.string(),
  image: z.string().optional(),
  link: z.string().optional(),
  validUntil: z.string().optional(),
});

export const readSlot = endpoint({
  name: 'readSlot',
  method: 'GET',
  path: '/api/v1/slots/:slot',
  room: 'hub',
  summary: {
    en: 'What a slot of the app or page shows to this person',
    zh: '应用或网页资源位应向该客户展示的内容',
  },
  permission: 'public',
  params: z.object({ slot: z.string().regex(/^[a-z][a-z0-9_]{0,62}$/) }),
  query: z.object({
    type: z.string().min(1).max(64).describe('key type, e.g. device, customer_number, login_id'),
    value: z.string().min(1).max(200),
    limit: z.coerce.number().int().min(1).max(20).default(5),
  }),
  response: z.object({ items: z.array(slotItemSchema) }),
});

export const followLink = endpoint({
  name: 'followLink',
  method: 'GET',
  path: '/r/:token',
  room: 'hub',
  summary: { en: 'Short link: records the click, then redirects (302)', zh: '短链：记录点击后跳转（302）' },
  permission: 'public',
  params: z.object({ token: z.string().regex(/^[\w-]{6,32}$/) }),
  response: z.unknown(),
  errors: ['link_not_found'],
});

export const testSendContent = endpoint({
  name: 'testSendContent',
  method: 'POST',
  path: '/api/v1/content/:contentId/versions/:version/test-send',
  room: 'hub',
  summary: {
    en: 'Send a version to one person at once, marked as a test; caps and quiet hours do not apply, opt-out does',
    zh: '向一位客户测试发送；不计频控与静默时段，退订仍然生效',
  },
  permission: 'content.write',
  params: z.object({
    contentId: contentIdSchema,
    version: z.coerce.number().int().min(1).max(2_147_483_647),
  }),
  body: z.object({
    channel: channelSchema,
    to: z.object({ type: z.string().min(1).max(64), value: z.string().min(1).max(200) }),
    context: z.record(z.string(), z.unknown()).default({}),
  }),
  response: z.object({ messageId: z.string(), state: messageStateSchema, reason: z.string().optional() }),
  errors: ['content_not_found', 'content_channel_missing'],
});
