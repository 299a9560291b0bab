// The loop in words for a terminal.

const number = (value) => Number(value ?? 0).toLocaleString('en-US');
const percent = (value) => `${(100 * Number(value ?? 0)).toFixed(2)} %`;
// A Chinese character takes two columns of a terminal.
const width = (text) =>
  [...text].reduce((sum, character) => sum + (/[\u1100-\uffe6]/.test(character) ? 2 : 1), 0);
const pad = (text, columns) => text + ' '.repeat(Math.max(1, columns - width(text)));

export const formatSummary = {
  /** One line of progress. */
  line(summary) {
    return [
      summary.day === undefined ? undefined : `第 ${summary.day.toFixed(1)} 天`,
      `受众 ${number(summary.audience)}`,
      `空白组 ${number(summary.holdout)}`,
      `待发 ${number(summary.pending)}`,
      `已发 ${number(summary.sent)}`,
      `送达 ${number(summary.delivered)}`,
      `点击 ${number(summary.clicked)}`,
      `任务 ${number(summary.tasks)}`,
      `转化 ${number((summary.goal?.treated.converted ?? 0) + (summary.goal?.holdout.converted ?? 0))}`,
    ]
      .filter(Boolean)
      .join(' · ');
  },

  /** The whole summary as a table. */
  table(summary) {
    const goal = summary.goal;
    const rows = [
      [
        '客户 People',
        `${number(summary.people)}  (标识 keys ${number(summary.keys)}, 合并 merged ${number(summary.merged)})`,
      ],
      ['受众 Audience', `${number(summary.audience)}  (空白组 holdout ${number(summary.holdout)})`],
      [
        '抑制 Suppressed',
        Object.entries(summary.suppressed)
          .map(([reason, count]) => `${reason} ${number(count)}`)
          .join(', ') || '0',
      ],
      [
        '消息 Messages',
        `待发 pending ${number(summary.pending)}, 已发 sent ${number(summary.sent)}, 送达 delivered ${number(summary.delivered)}, 点击 clicked ${number(summary.clicked)}, 失败 failed ${number(summary.failed)}, 不确定 uncertain ${number(summary.uncertain)}`,
      ],
      [
        '任务 Tasks',
        `${number(summary.tasks)}  ${Object.entries(summary.outcomes ?? {})
          .map(([outcome, count]) => `${outcome} ${number(count)}`)
          .join(', ')}`,
      ],
      [
        '目标 Goal',
        `实验组 treated ${number(goal.treated.converted)}/${number(goal.treated.people)} = ${percent(goal.treated.rate)}, 空白组 holdout ${number(goal.holdout.converted)}/${number(goal.holdout.people)} = ${percent(goal.holdout.rate)}`,
      ],
      [
        '提升 Effect',
        `${percent(goal.difference)}  95 % [${percent(goal.low)}, ${percent(goal.high)}], p = ${goal.p.toPrecision(2)}${summary.trueEffect === undefined ? '' : `; 真值 true ${percent(summary.trueEffect)}`}`,
      ],
      ...(summary.contents ?? []).map((content) => [
        `内容 ${content.variant}`,
        `${number(content.people)} 人, 点击 ${number(content.clicked)}, 转化 ${percent(content.rate)}`,
      ]),
      ...summary.channels.map((each) => [
        `${each.channel} ${each.supplierName ?? each.supplier}`,
        `已发 ${number(each.sent)}, 送达 ${number(each.delivered)}, 点击 ${number(each.clicked)}, 失败 ${number(each.failed)}, 不确定 ${number(each.uncertain)}`,
      ]),
      ...summary.steps.map((step) => [
        `账 ${step.title ?? step.nodeId}`,
        `${number(step.audience)} = 抑制 ${number(Object.values(step.suppressed).reduce((a, b) => a + b, 0))} + 待发 ${number(step.pending)} + 已发 ${number(step.sent)} + 失败 ${number(step.failed)} + 不确定 ${number(step.uncertain)}  ${step.balanced ? '✓ 平' : '✗ 不平'}`,
      ]),
      ['账目 Books', summary.balanced ? '✓ 平衡 balanced' : '✗ 不平衡 NOT balanced'],
    ];
    return rows.map(([left, right]) => `  ${pad(left, 26)}${right}`).join('\n');
  },
};
