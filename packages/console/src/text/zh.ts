import { alerts } from './zh/alerts.ts';
import { access } from './zh/access.ts';
import { audit } from './zh/audit.ts';
import { audience } from './zh/audience.ts';
import { data } from './zh/data.ts';
import { boards } from './zh/boards.ts';
import { effect } from './zh/effect.ts';
import { frame, login, state } from './zh/frame.ts';
import { identity } from './zh/identity.ts';
import { imports } from './zh/imports.ts';
import { insight } from './zh/insight.ts';
import { linking } from './zh/linking.ts';
import { models } from './zh/models.ts';
import { operatorAlerts } from './zh/operator-alerts.ts';
import { outputs } from './zh/outputs.ts';
import { overview } from './zh/overview.ts';
import { entities, people } from './zh/people.ts';
import { contents, messages, suppliers, tasks } from './zh/reach.ts';
import { readers } from './zh/readers.ts';
import { reports } from './zh/reports.ts';
import { rule } from './zh/rule.ts';
import { sharing } from './zh/sharing.ts';
import { strategy } from './zh/strategy.ts';
import { kafka, streams } from './zh/streams.ts';
import { tags } from './zh/tags.ts';
import { warehouse } from './zh/warehouse.ts';
import { words } from './zh/words.ts';

/** The Chinese of the console: the first language, and the one that decides which strings there are. */
export const zh = {
  /** Which of the sentences that the server says in both languages is shown. */
  language: 'zh',
  frame,
  access,
  login,
  state,
  words,
  overview,
  people,
  entities,
  audience,
  audit,
  rule,
  sharing,
  tags,
  strategy,
  effect,
  insight,
  reports,
  boards,
  alerts,
  messages,
  contents,
  suppliers,
  tasks,
  data,
  identity,
  imports,
  linking,
  models,
  streams,
  operatorAlerts,
  outputs,
  readers,
  kafka,
  warehouse,
  punctuation: { comma: '、', semicolon: '；' },
  operators: {
    eq: '等于',
    ne: '不等于',
    in: '属于',
    gt: '大于',
    gte: '大于等于',
    lt: '小于',
    lte: '小于等于',
    exists: '有值',
    missing: '无值',
  },
  units: { day: '天', year: '年', month: '个月', count: '次' },
  event: '事件',
  time: '时间',
  kind: '类型',
  minutesUnit: '分钟',
};
