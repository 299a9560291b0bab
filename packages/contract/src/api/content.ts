import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { sentence } from '../sentence.ts';

/** Ways to reach a person. `in_app` is a slot of the app or web page, `task` a line of a manager's list. */
export const channels = ['sms', 'email', 'push', 'in_app', 'task', 'webhook'] as const;
export const channelSchema = z.enum(channels);
export type Channel = z.output<typeof channelSchema>;

/** Purposes of a message: what the person consented to, and which rules apply to it. */
export const purposes = ['marketing', 'service', 'verification'] as const;
export const purposeSchema = z.enum(purposes);
export type Purpose = z.output<typeof purposeSchema>;

const template = z.string().min(1).max(20_000).describe('Liquid template');

export const smsVariantSchema = z.object({
  text: z.string().min(1).max(2_000).describe('Liquid template; begins with the signature 【…】'),
  link: z
    .string()
    .max(2_000)
    .optional()
    .describe('target of {{ link }}; a short link is made for each person'),
});
export const pushVariantSchema = z.object({
  title: z.string().min(1).max(200),
  body: z.string().min(1).max(1_000),
  link: z.string().max(2_000).optional(),
});
export const inAppVariantSchema = z.object({
  slot: z.string().regex(/^[a-z][a-z0-9_]{0,62}$/),
  title: z.string().min(1).max(200),
  body: z.string().max(2_000).default(''),
  image: z.string().max(2_000).optional(),
  link: z.string().max(2_000).optional(),
});
export const emailVariantSchema = z.object({
  subject: z.string().min(1).max(500),
  html: template.optional(),
  text: template,
  link: z.string().max(2_000).optional(),
});
export const taskVariantSchema = z.object({
  title: z.string().min(1).max(200),
  script: z.string().min(1).max(5_000).describe('what the manager may say'),
  reason: z.string().max(1_000).optional().describe('why this person is on the list'),
});
export const webhookVariantSchema = z.object({
  payload: template.describe('Liquid template of a JSON document'),
});

/** The texts of one content item, by channel. Strings are Liquid templates. */
export const contentVariantsSchema = z
  .object({
    sms: smsVariantSchema.optional(),
    push: pushVariantSchema.optional(),
    in_app: inAppVariantSchema.optional(),
    email: emailVariantSchema.optional(),
    task: taskVariantSchema.optional(),
    webhook: webhookVariantSchema.optional(),
  })
  .refine(
    (variants) => Object.values(variants).some((variant) => variant !== undefined),
    sentence('内容至少要有一个渠道的文本', 'content needs the text of at least one channel'),
  );
export type ContentVariants = z.output<typeof contentVariantsSchema>;

export const contentProblemSchema = z.object({
  severity: z.enum(['error', 'warning']),
  code: z.enum([
    'template_error',
    'signature_missing',
    'signature_not_at_start',
    'signature_repeated',
    'opt_out_missing',
    'forbidden_word',
    'too_many_segments',
    'too_long',
    'unsubscribe_missing',
    'unknown_variable',
    'bad_link',
    'personal_data_in_link',
  ]),
  channel: channelSchema.optional(),
  path: z.string().describe('e.g. sms.text'),
  en: z.string(),
  zh: z.string(),
});
export type ContentProblem = z.output<typeof contentProblemSchema>;

export const contentStates = ['draft', 'approved', 'withdrawn'] as const;

export const contentVersionSchema = z.object({
  contentId: z.string(),
  version: z.number().int(),
  hash: z.string().describe('SHA-256, 64 hex characters, of purpose and variants in canonical JSON'),
  name: z.string(),
  purpose: purposeSchema,
  state: z.enum(contentStates),
  variants: contentVariantsSchema,
  problems: z.array(contentProblemSchema),
  createdBy: z.string(),
  createdAt: z.string(),
  approvedBy: z.string().optional(),
  approvedAt: z.string().optional(),
});
export type ContentVersion = z.output<typeof contentVersionSchema>;

export const contentIdSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/)
  .describe('short name chosen by its maker, e.g. renewal_a');
const contentParams = z.object({ contentId: contentIdSchema });
const versionParams = contentParams.extend({ version: z.coerce.number().int().min(1).max(2_147_483_647) });

export const listContent = endpoint({
  name: 'listContent',
  method: 'GET',
  path: '/api/v1/content',
  room: 'content',
  summary: { en: 'Content items, newest version of each', zh: '内容列表（每项的最新版本）' },
  permission: 'content.read',
  query: z.object({
    search: z.string().max(200).optional(),
    channel: channelSchema.optional(),
    cursor: z.string().max(200).optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  response: z.object({
    items: z.array(contentVersionSchema.extend({ approvedVersion: z.number().int().optional() })),
    nextCursor: z.string().optional(),
  }),
});

export const readContent = endpoint({
  name: 'readContent',
  method: 'GET',
  path: '/api/v1/content/:contentId',
  room: 'content',
  summary: { en: 'All versions of a content item, newest first', zh: '某内容的全部版本（最新在前）' },
  permission: 'content.read',
  params: contentParams,
  response: z.object({ contentId: z.string(), name: z.string(), versions: z.array(contentVersionSchema) }),
});

export const createContent = endpoint({
  name: 'createContent',
  method: 'POST',
  path: '/api/v1/content',
  room: 'content',
  summary: {
    en: 'Write a new version of a content item (the first one creates it)',
    zh: '保存内容的新版本（首个版本即创建）',
  },
  permission: 'content.write',
  body: z.object({
    contentId: contentIdSchema,
    name: z.string().min(1).max(200),
    purpose: purposeSchema.default('marketing'),
    variants: contentVariantsSchema,
  }),
  response: contentVersionSchema,
});

export const approveContent = endpoint({
  name: 'approveContent',
  method: 'POST',
  path: '/api/v1/content/:contentId/versions/:version/approval',
  room: 'content',
  summary: {
    en: 'Approve a version by its hash; it never changes afterwards',
    zh: '按哈希审批某版本，审批后不可变',
  },
  permission: 'content.approve',
  params: versionParams,
  body: z.object({ hash: z.string().length(64) }),
  response: contentVersionSchema,
  errors: ['content_hash_differs', 'content_has_problems', 'content_same_person'],
});

const sampleSchema = z.object({
  personId: z.coerce.number().int().optional().describe('render for this person'),
  context: z.record(z.string(), z.unknown()).optional().describe('values laid over the person’s own'),
});

export const renderedContentSchema = z.object({
  channel: channelSchema,
  fields: z.record(z.string(), z.string()).describe('rendered texts by field name'),
  segments: z.number().int().optional().describe('SMS parts it will be billed as'),
  encoding: z.enum(['gsm7', 'ucs2']).optional(),
  length: z.number().int().optional().describe('characters of the SMS text'),
  problems: z.array(contentProblemSchema),
});

export const previewContent = endpoint({
  name: 'previewContent',
  method: 'POST',
  path: '/api/v1/content/preview',
  room: 'content',
  summary: { en: 'Render texts for a person or sample values', zh: '按客户或示例值预览内容' },
  permission: 'content.read',
  body: sampleSchema.extend({
    contentId: contentIdSchema.optional(),
    version: z.number().int().min(1).optional(),
    purpose: purposeSchema.default('marketing'),
    variants: contentVariantsSchema.optional().describe('unsaved texts; instead of contentId'),
  }),
  response: z.object({ previews: z.array(renderedContentSchema), problems: z.array(contentProblemSchema) }),
  errors: ['content_not_found'],
});
