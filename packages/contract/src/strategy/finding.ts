import { z } from 'zod';

/** Everything a check can find, with a sentence that says what to do. `{…}` are filled from `details`. */
export const findingDefinitions = {
  entry_missing: {
    severity: 'error',
    en: 'Add an entry: who comes in, and when.',
    zh: '请添加“进入”节点：谁、何时进入。',
  },
  entry_repeated: {
    severity: 'error',
    en: 'Keep one entry; delete this one.',
    zh: '只能有一个进入节点，请删除多余的。',
  },
  node_repeated: {
    severity: 'error',
    en: 'Two nodes have the id {id}; rename one.',
    zh: '有两个节点编号均为 {id}，请修改其一。',
  },
  edge_end_unknown: {
    severity: 'error',
    en: 'An edge points to {id}, which does not exist; draw it again.',
    zh: '连线指向不存在的节点 {id}，请重新连线。',
  },
  edge_label_unknown: {
    severity: 'error',
    en: 'This node has no way out called {label}; delete the edge.',
    zh: '该节点没有名为“{label}”的出口，请删除该连线。',
  },
  edge_repeated: {
    severity: 'error',
    en: 'The way out {label} goes to two nodes; keep one.',
    zh: '出口“{label}”连到了两个节点，请保留其一。',
  },
  edge_missing: {
    severity: 'error',
    en: 'Connect the way out {label}, to an exit if people end here.',
    zh: '请连接出口“{label}”；若到此结束，请连到“退出”节点。',
  },
  cycle: {
    severity: 'error',
    en: 'People would come round to this node again; use re-entry rules for repeats.',
    zh: '客户会再次回到该节点；需要重复时请使用再次进入规则。',
  },
  unreachable: {
    severity: 'error',
    en: 'Nobody can get here; connect it or delete it.',
    zh: '没有客户能到达该节点，请连接或删除。',
  },
  shares_not_whole: {
    severity: 'error',
    en: 'The shares add up to {total} of 10,000; make them whole.',
    zh: '各分支占比合计为 {total}/10,000，请调整为 10,000。',
  },
  branch_repeated: {
    severity: 'error',
    en: 'Two branches are called {label}; rename one.',
    zh: '有两个分支名为“{label}”，请修改其一。',
  },
  holdout_repeated: {
    severity: 'error',
    en: 'Keep one holdout; a second one breaks the comparison.',
    zh: '只能有一个空白组，多个会破坏对照。',
  },
  holdout_after_send: {
    severity: 'error',
    en: 'Move the holdout above every send and task: its people must get nothing.',
    zh: '请把空白组移到所有触达和任务之前，空白组客户不能收到任何内容。',
  },
  holdout_treated: {
    severity: 'error',
    en: 'The holdout goes to a send or task; connect it to an exit.',
    zh: '空白组的出口连到了触达或任务，请连到“退出”。',
  },
  content_missing: { severity: 'error', en: 'Choose the content to send.', zh: '请选择要发送的内容。' },
  variant_source_unknown: {
    severity: 'error',
    en: '{id} is not a split above this node; choose one that is.',
    zh: '{id} 不是该节点上游的分流节点，请重新选择。',
  },
  variant_content_missing: {
    severity: 'error',
    en: 'Choose the content for variant {label}.',
    zh: '请为分支“{label}”选择内容。',
  },
  condition_missing: { severity: 'error', en: 'Write the condition.', zh: '请填写条件。' },
  condition_invalid: {
    severity: 'error',
    en: 'The condition cannot be understood: {reason}',
    zh: '条件无法识别：{reason}',
  },
  time_zone_unknown: {
    severity: 'error',
    en: 'There is no time zone {timeZone}; write one like Asia/Shanghai.',
    zh: '没有时区 {timeZone}，请填写如 Asia/Shanghai。',
  },
  time_invalid: {
    severity: 'error',
    en: '{value} is no time; write it like 2026-03-01T10:00:00+08:00.',
    zh: '{value} 不是有效时间，请写成 2026-03-01T10:00:00+08:00。',
  },
  window_empty: {
    severity: 'error',
    en: 'The window begins when it ends; nobody would ever pass.',
    zh: '时间窗起止相同，没有人能通过。',
  },
  of_node_unknown: {
    severity: 'error',
    en: '{id} is not a send or task above this wait; choose one that is.',
    zh: '{id} 不是该等待节点上游的触达或任务，请重新选择。',
  },
  content_unknown: {
    severity: 'error',
    en: 'There is no content {contentId} in an approved version; have it approved.',
    zh: '内容 {contentId} 没有已审批的版本，请先审批。',
  },
  content_channel_missing: {
    severity: 'error',
    en: 'Content {contentId} has no text for {channel}; add it or choose another.',
    zh: '内容 {contentId} 没有 {channel} 渠道的文案，请补充或换用其他内容。',
  },
  content_purpose_differs: {
    severity: 'error',
    en: 'Content {contentId} is approved for {purpose}; choose one that fits the strategy.',
    zh: '内容 {contentId} 的审批用途为 {purpose}，请选择与策略一致的内容。',
  },
  goal_missing: {
    severity: 'warning',
    en: 'Without a goal the effect cannot be measured; add one.',
    zh: '没有目标就无法衡量效果，建议添加。',
  },
  holdout_missing: {
    severity: 'warning',
    en: 'Without a holdout the effect cannot be proved; set some people aside.',
    zh: '没有空白组就无法证明效果，建议预留。',
  },
  goal_shorter_than_path: {
    severity: 'warning',
    en: 'People may still be waiting here when the goal is no longer counted.',
    zh: '目标统计期结束时，客户可能仍在此等待。',
  },
  risk_level_missing: {
    severity: 'warning',
    en: 'No product risk level is given, so suitability is not judged; state R1 to R5 for a product offer.',
    zh: '未填写产品风险等级，将不做适当性判断；推介产品时请填写 R1–R5。',
  },
  nothing_sent: {
    severity: 'warning',
    en: 'The strategy reaches nobody: it has no send and no task.',
    zh: '策略没有任何触达或任务。',
  },
} as const satisfies Record<string, { severity: 'error' | 'warning'; en: string; zh: string }>;

export type FindingCode = keyof typeof findingDefinitions;
export const findingCodes = Object.keys(findingDefinitions) as [FindingCode, ...FindingCode[]];

/** One result of checking a document. `nodeId` and `path` say where to jump to. Errors forbid publishing. */
export const findingSchema = z.object({
  severity: z.enum(['error', 'warning']),
  code: z.enum(findingCodes),
  nodeId: z.string().optional(),
  path: z.string().optional().describe('inside the node or document, e.g. branches.0.eql'),
  en: z.string(),
  zh: z.string(),
});
export type Finding = z.output<typeof findingSchema>;

/** A finding with its sentences filled in. */
export function finding(
  code: FindingCode,
  where: { nodeId?: string; path?: string } = {},
  details: Readonly<Record<string, string | number>> = {},
): Finding {
  const definition = findingDefinitions[code];
  const fill = (sentence: string): string =>
    sentence.replace(/\{(\w+)\}/g, (_, name: string) => String(details[name] ?? ''));
  return { severity: definition.severity, code, ...where, en: fill(definition.en), zh: fill(definition.zh) };
}
