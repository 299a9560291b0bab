/** Who is told when computing goes wrong. */
export const operatorAlerts = {
  title: '运行告警',
  hint: '夜间核对不一致、人群或标签连续三次或一整天计算失败、等待数据源超过一天时，通知这里的人；恢复后再通知一次。',
  targets: '运行告警通知对象',
  none: '当前没有计算异常',
  count: (count: string) => `${count} 项计算异常`,
  failures: (count: string) => `（连续 ${count} 次）`,
  saved: '已保存，当前的异常会立即通知',
  kinds: {
    proved_wrong: '夜间核对发现成员与全量计算不一致',
    segment_failing: '人群计算失败',
    tag_failing: '标签计算失败',
    segment_waiting: '人群等待数据源超过一天',
    tag_waiting: '标签等待数据源超过一天',
  },
};
