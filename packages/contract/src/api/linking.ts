import { z } from 'zod';
import { endpoint } from '../endpoint.ts';

/** What a table of records is: a kept file, a mapped table of another database, or what is known of people. */
export const recordTableKinds = ['file', 'mapped', 'people'] as const;

export const recordTableSchema = z.object({
  tableId: z.string().describe('kind and name, e.g. file:…, mapped:core_customer, people:*, people:web'),
  kind: z.enum(recordTableKinds),
  name: z.string().describe('name of the file, the mapped table, or the source; * for all people'),
  columns: z.array(z.string()),
  rows: z.number().optional().describe('known of files'),
  createdAt: z.string().optional(),
});
export type RecordTable = z.output<typeof recordTableSchema>;

const tableId = z.string().regex(/^(file|mapped|people):.{1,120}$/);

export const listRecordTables = endpoint({
  name: 'listRecordTables',
  method: 'GET',
  path: '/api/v1/linking/tables',
  room: 'identity',
  summary: {
    en: 'Tables of records that can be linked: kept files, mapped tables, people by source',
    zh: '可用于概率匹配的记录表：保存的文件、映射表、按数据源的客户资料',
  },
  permission: 'identity.read',
  response: z.object({ items: z.array(recordTableSchema) }),
});

export const keepRecordFile = endpoint({
  name: 'keepRecordFile',
  method: 'POST',
  path: '/api/v1/linking/files',
  room: 'identity',
  summary: {
    en: 'Keep a file (the body: CSV or Excel, plain or gzip) as a table of records for linking; it makes no person',
    zh: '以请求体上传文件（CSV 或 Excel，可 gzip），保存为待匹配的记录表；不会产生客户',
  },
  permission: 'identity.write',
  query: z.object({
    file: z.string().min(1).max(100),
    format: z.enum(['csv', 'xlsx']).default('csv'),
    encoding: z.enum(['utf-8', 'gb18030', 'gbk', 'windows-1250', 'latin1']).default('utf-8'),
    delimiter: z.string().length(1).default(','),
  }),
  response: recordTableSchema,
  bodyLimitBytes: 2 ** 33,
  errors: ['record_file_unusable', 'import_file_unreadable', 'too_many_records'],
});

export const deleteRecordFile = endpoint({
  name: 'deleteRecordFile',
  method: 'DELETE',
  path: '/api/v1/linking/tables/:tableId',
  room: 'identity',
  summary: { en: 'Delete a kept file', zh: '删除保存的文件' },
  permission: 'identity.write',
  params: z.object({ tableId }),
  response: z.object({ deleted: z.boolean() }),
  errors: ['record_table_not_found', 'linking_busy'],
});

export const columnKinds = ['name', 'text', 'date', 'number', 'code', 'email', 'category'] as const;

const chosenTableSchema = z.object({
  tableId,
  idColumn: z
    .string()
    .max(200)
    .optional()
    .describe('column with the id of a record, unique; not wanted of people'),
  keyType: z.string().max(50).optional().describe('key type whose values the ids are; not wanted of people'),
});

const comparedColumnSchema = z.object({
  name: z.string().min(1).max(200),
  columns: z.array(z.string().max(200)).min(1).max(2).describe('its name in each table, in their order'),
  kind: z.enum(columnKinds).optional().describe('how it is compared; found out when left out'),
});

/** Whether a record has one match in the other table at most: as the records tell, or as somebody knows it. */
export const oneMatchRules = ['auto', 'always', 'never'] as const;
export type OneMatchRule = (typeof oneMatchRules)[number];

const probability = z.number().gt(0).max(1);

export const linkingSettingsSchema = z.object({
  name: z.string().trim().min(1).max(100),
  tables: z
    .array(chosenTableSchema)
    .min(1)
    .max(2)
    .describe('one is searched for duplicates; of two, only records of different tables are compared'),
  columns: z.array(comparedColumnSchema).min(1).max(20),
  oneMatch: z
    .enum(oneMatchRules)
    .default('auto')
    .describe(
      'whether a record has one match in the other table at most, so that its candidates are rivals; auto: if hardly anybody stands twice within a table. always wants two tables',
    ),
  linkAbove: probability.default(0.95).describe('probability from which a pair is linked'),
  reviewAbove: probability.default(0.5).describe('probability from which a pair is reviewed'),
});
export type LinkingSettings = z.output<typeof linkingSettingsSchema>;

/** Pairs by weight: thresholds are read off without asking again. */
export const weightBinSchema = z.object({
  weight: z.number().describe('lower bound, base-2 logarithm of the odds; bins are 0.5 wide'),
  pairs: z.number(),
  expected: z.number().describe('how many of them are one person, by their probabilities'),
});
export type WeightBin = z.output<typeof weightBinSchema>;

export const previewColumnSchema = z.object({
  name: z.string(),
  kind: z.enum(columnKinds).optional().describe('absent: it says too little to be compared'),
  filled: z.number().describe('share of records with a value'),
  distinct: z.number(),
  examples: z.array(z.string()).describe('masked'),
});

export type PreviewColumn = z.output<typeof previewColumnSchema>;

export const previewLinking = endpoint({
  name: 'previewLinking',
  method: 'POST',
  path: '/api/v1/linking/previews',
  room: 'identity',
  summary: {
    en: 'Kinds of columns and, from a sample, how many pairs lie at which weight; nothing is kept',
    zh: '推断各列类型，并抽样估计各得分区间的记录对数；不保留任何数据',
  },
  permission: 'identity.write',
  body: z.object({
    tables: linkingSettingsSchema.shape.tables,
    columns: linkingSettingsSchema.shape.columns,
    oneMatch: linkingSettingsSchema.shape.oneMatch,
    estimate: z.boolean().default(true).describe('false: only the kinds of columns'),
  }),
  response: z.object({
    records: z.number().describe('records of the tables'),
    sampledRecords: z.number(),
    columns: z.array(previewColumnSchema),
    repeatedIds: z.number().describe('records whose id occurred before, in the sample'),
    bins: z.array(weightBinSchema).describe('scaled to all records'),
    hasOneMatch: z
      .boolean()
      .optional()
      .describe('whether a record was taken to have one match at most; absent: two tables were not compared'),
    seconds: z.number(),
  }),
  errors: ['record_table_not_found', 'linking_input_invalid', 'linking_busy', 'too_many_records'],
});

export const linkingStates = [
  'waiting',
  'running',
  'compared',
  'applying',
  'applied',
  'withdrawing',
  'withdrawn',
  'stopped',
  'failed',
] as const;

export const linkingSteps = [
  'staging',
  'reading',
  'profiling',
  'blocking',
  'comparing',
  'learning',
  'scoring',
  'grouping',
] as const;

export const linkingComparisonSchema = z.object({
  column: z.string(),
  kind: z.enum(columnKinds),
  levels: z.array(
    z.object({
      label: z.string().describe('how alike the values are'),
      m: z.number().describe('share of it among pairs of one person'),
      u: z.number().describe('share of it among pairs of strangers'),
      weight: z.number().describe('base-2 logarithm of m ÷ u'),
    }),
  ),
});

export type LearntComparison = z.output<typeof linkingComparisonSchema>;

export const linkingOutcomeSchema = z.object({
  linked: z.number().describe('pairs bound by assertion'),
  together: z.number().describe('pairs that were one person already'),
  refused: z.number().describe('pairs that a rule or an earlier decision keeps apart'),
  queued: z.number().describe('pairs sent to review'),
  accepted: z.number().describe('of those, accepted by now'),
  rejected: z.number().describe('of those, rejected by now'),
  withdrawn: z.number().describe('links taken back'),
});

export const linkingRunSchema = z.object({
  runId: z.string(),
  name: z.string(),
  state: z.enum(linkingStates),
  step: z.enum(linkingSteps).optional().describe('while it is running'),
  settings: linkingSettingsSchema,
  startedBy: z.string(),
  startedAt: z.string(),
  finishedAt: z.string().optional(),
  seconds: z.number().optional().describe('time of staging and comparing'),
  attempts: z.number().describe('how often it was begun; more than once after an interruption'),
  records: z.number().optional(),
  candidates: z.number().optional().describe('pairs that were compared'),
  atLink: z.number().optional().describe('pairs from the upper threshold on'),
  atReview: z.number().optional().describe('pairs between the thresholds'),
  hasOneMatch: z
    .boolean()
    .optional()
    .describe('of two tables, once compared: whether a record was taken to have one match at most'),
  hasPairs: z.boolean().describe('whether its pairs can still be looked at and applied'),
  outcome: linkingOutcomeSchema.optional(),
  error: z
    .object({ code: z.string(), message: z.string() })
    .optional()
    .describe('why it failed, in a sentence'),
});
export type LinkingRun = z.output<typeof linkingRunSchema>;

const runParams = z.object({ runId: z.uuid() });

export const startLinking = endpoint({
  name: 'startLinking',
  method: 'POST',
  path: '/api/v1/linking/runs',
  room: 'identity',
  summary: {
    en: 'Compare the records of one or two tables; nothing is linked until the run is applied',
    zh: '比对一张或两张记录表；在应用之前不会合并任何客户',
  },
  permission: 'identity.write',
  body: linkingSettingsSchema,
  response: linkingRunSchema,
  errors: ['record_table_not_found', 'key_type_not_found', 'linking_input_invalid', 'linking_busy'],
});

export const listLinkingRuns = endpoint({
  name: 'listLinkingRuns',
  method: 'GET',
  path: '/api/v1/linking/runs',
  room: 'identity',
  summary: { en: 'Linking runs, newest first', zh: '概率匹配任务（最新在前）' },
  permission: 'identity.read',
  query: z.object({
    cursor: z.string().max(200).optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  response: z.object({ items: z.array(linkingRunSchema), nextCursor: z.string().optional() }),
});

export const readLinkingRun = endpoint({
  name: 'readLinkingRun',
  method: 'GET',
  path: '/api/v1/linking/runs/:runId',
  room: 'identity',
  summary: {
    en: 'A linking run with its weights, learnt shares and outcome',
    zh: '概率匹配任务详情：得分分布、学得的比例与结果',
  },
  permission: 'identity.read',
  params: runParams,
  response: z.object({
    run: linkingRunSchema,
    bins: z.array(weightBinSchema),
    comparisons: z.array(linkingComparisonSchema),
    prior: z.number().optional().describe('share of pairs of one person among all that could be formed'),
  }),
  errors: ['linking_run_not_found'],
});

export const stopLinking = endpoint({
  name: 'stopLinking',
  method: 'POST',
  path: '/api/v1/linking/runs/:runId/stop',
  room: 'identity',
  summary: {
    en: 'Stop a run before or while it compares, or while it is applied; what is linked stays',
    zh: '停止等待、比对或应用中的任务；已合并的保留',
  },
  permission: 'identity.write',
  params: runParams,
  response: linkingRunSchema,
  errors: ['linking_run_not_found', 'linking_run_wrong_state'],
});

export const applyLinking = endpoint({
  name: 'applyLinking',
  method: 'POST',
  path: '/api/v1/linking/runs/:runId/applications',
  room: 'identity',
  summary: {
    en: 'Link the pairs from the upper threshold on and send those between to review; may be repeated with other thresholds',
    zh: '合并上限以上的记录对，上下限之间的送人工复核；可换阈值再次应用',
  },
  permission: 'identity.write',
  params: runParams,
  body: z.object({
    linkAbove: probability.describe('1: none is linked'),
    reviewAbove: probability,
  }),
  response: linkingRunSchema,
  errors: ['linking_run_not_found', 'linking_run_wrong_state', 'linking_input_invalid'],
});

export const withdrawLinking = endpoint({
  name: 'withdrawLinking',
  method: 'POST',
  path: '/api/v1/linking/runs/:runId/withdrawal',
  room: 'identity',
  summary: {
    en: 'Take back all links of a run and close its open reviews; what people decided in review stays',
    zh: '撤回该任务合并的全部关联并关闭其待复核项；人工复核的决定保留',
  },
  permission: 'identity.write',
  params: runParams,
  body: z.object({ reason: z.string().trim().min(2).max(500) }),
  response: linkingRunSchema,
  errors: ['linking_run_not_found', 'linking_run_wrong_state'],
});

export const linkingPairSchema = z.object({
  probability: z.number(),
  weight: z.number(),
  left: z.string().describe('id of the record, masked unless opened'),
  right: z.string(),
  decision: z.enum(['link', 'review', 'drop']).describe("at the run's present thresholds, after grouping"),
  evidence: z.array(
    z.object({
      column: z.string(),
      level: z.string().describe('how alike the values are, or missing'),
      weight: z.number(),
      left: z.string(),
      right: z.string(),
    }),
  ),
});
export type LinkingPair = z.output<typeof linkingPairSchema>;

const pairRange = z.object({
  from: z.coerce.number().min(-100).max(200).default(-100).describe('least weight'),
  to: z.coerce.number().min(-100).max(200).default(200).describe('weight below which'),
  limit: z.coerce.number().int().min(1).max(50).default(10),
});

export const sampleLinkingPairs = endpoint({
  name: 'sampleLinkingPairs',
  method: 'GET',
  path: '/api/v1/linking/runs/:runId/pairs',
  room: 'identity',
  summary: {
    en: 'Some pairs of a range of weights side by side, always the same ones; values masked',
    zh: '某一得分区间内的若干记录对（固定抽样），并排展示；值已脱敏',
  },
  permission: 'identity.read',
  params: runParams,
  query: pairRange,
  response: z.object({ items: z.array(linkingPairSchema) }),
  errors: ['linking_run_not_found', 'linking_pairs_gone'],
});

export const openLinkingPairs = endpoint({
  name: 'openLinkingPairs',
  method: 'POST',
  path: '/api/v1/linking/runs/:runId/pairs/openings',
  room: 'identity',
  summary: {
    en: 'The same pairs with their values, for a stated purpose; recorded in the audit log',
    zh: '按所填用途查看同一批记录对的明文；写入审计日志',
  },
  permission: 'pii.open',
  params: runParams,
  body: pairRange.extend({ purpose: z.string().trim().min(4).max(500) }),
  response: z.object({ items: z.array(linkingPairSchema) }),
  errors: ['linking_run_not_found', 'linking_pairs_gone'],
});
