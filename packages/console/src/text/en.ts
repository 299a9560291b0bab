import { alerts } from './en/alerts.ts';
import { access } from './en/access.ts';
import { audit } from './en/audit.ts';
import { audience } from './en/audience.ts';
import { data } from './en/data.ts';
import { boards } from './en/boards.ts';
import { effect } from './en/effect.ts';
import { frame, login, state } from './en/frame.ts';
import { identity } from './en/identity.ts';
import { imports } from './en/imports.ts';
import { insight } from './en/insight.ts';
import { linking } from './en/linking.ts';
import { models } from './en/models.ts';
import { operatorAlerts } from './en/operator-alerts.ts';
import { outputs } from './en/outputs.ts';
import { overview } from './en/overview.ts';
import { entities, people } from './en/people.ts';
import { contents, messages, suppliers, tasks } from './en/reach.ts';
import { readers } from './en/readers.ts';
import { reports } from './en/reports.ts';
import { rule } from './en/rule.ts';
import { sharing } from './en/sharing.ts';
import { strategy } from './en/strategy.ts';
import { kafka, streams } from './en/streams.ts';
import { tags } from './en/tags.ts';
import { warehouse } from './en/warehouse.ts';
import { words } from './en/words.ts';
import type { Text } from './text.ts';

/** The English of the console; its type is the Chinese one, so a missing string does not compile. */
export const en: Text = {
  language: 'en',
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
  punctuation: { comma: ', ', semicolon: '; ' },
  operators: {
    eq: 'is',
    ne: 'is not',
    in: 'is one of',
    gt: 'above',
    gte: 'at least',
    lt: 'below',
    lte: 'at most',
    exists: 'has a value',
    missing: 'has no value',
  },
  units: { day: 'days', year: 'years', month: 'months', count: 'times' },
  event: 'Event',
  time: 'Time',
  kind: 'Kind',
  minutesUnit: 'min',
};
