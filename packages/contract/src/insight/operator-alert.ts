import { z } from 'zod';
import { alertNoticeSchema, alertTargetSchema } from './alert.ts';

/** Who is told when computing goes wrong, and in which language. */
export const operatorAlertsInputSchema = z.object({
  notify: z.array(alertTargetSchema).max(20).describe('nobody: nothing is told'),
  language: z.enum(['zh', 'en']).default('zh').describe('of what the targets are told'),
});
export type OperatorAlertsInput = z.output<typeof operatorAlertsInputSchema>;

export const troubleKinds = [
  'proved_wrong',
  'segment_failing',
  'tag_failing',
  'segment_waiting',
  'tag_waiting',
] as const;

/** A computation that operators have to look after. */
export const operatorTroubleSchema = z.object({
  kind: z
    .enum(troubleKinds)
    .describe(
      '`proved_wrong`: the nightly proof found members that were kept to differ from a full computation; `…_failing`: failed three times in a row, or for a day; `…_waiting`: has waited a day for its sources',
    ),
  objectId: z.string().describe('of the segment or tag'),
  name: z.string(),
  since: z.string(),
  failures: z.number().int().optional().describe('in a row'),
  problem: z.object({ en: z.string(), zh: z.string() }).optional(),
});
export type OperatorTrouble = z.output<typeof operatorTroubleSchema>;

export const operatorAlertsSchema = z.object({
  ...operatorAlertsInputSchema.shape,
  troubles: z.array(operatorTroubleSchema).describe('as they are now, the longest first; at most 100'),
  troubleCount: z.number().int().min(0),
  notices: z
    .array(alertNoticeSchema.omit({ alertId: true, alertName: true }))
    .describe('what was told last, newest first; at most 20'),
});
export type OperatorAlerts = z.output<typeof operatorAlertsSchema>;
export type OperatorNotice = OperatorAlerts['notices'][number];
