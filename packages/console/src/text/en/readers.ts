import type { Text } from '../text.ts';
import { counted } from './counted.ts';

/** Read-only users of ClickHouse. */
export const readers: Text['readers'] = {
  title: 'Readers',
  lead: 'Lets BI, data science or audit query ClickHouse itself: masked views only, personal columns are covered.',
  readOnly:
    'You may look at readers; making them, changing passwords and revoking needs the role of a data engineer or administrator.',
  create: 'New reader',
  none: 'No reader yet',
  noneHint: 'One for each tool or team, to be revoked on its own when it is no longer used.',
  name: 'Name',
  nameHint:
    'Begins with a small letter, 31 characters at most, such as bi; the user is wutong_reader_ and the name.',
  nameWrong: 'Begin with a small letter; small letters, digits and underscores only, 31 at most',
  user: 'User',
  created: 'Created',
  tables: 'Sees',
  tableCount: counted('view'),
  password: 'Password',
  passwordOnce: 'The password is shown only now: save it. When it is lost it can only be changed.',
  passwordFor: (user: string) => `Password of ${user}`,
  passwordTaken: 'I have saved it',
  rotate: 'Change password',
  rotateQuestion: 'Make a new password? The former one stops at once; tools that use it need the new one.',
  revoke: 'Revoke',
  revokeQuestion: 'Revoke this reader? Its password opens nothing from now on; no data changes.',
  revoked: 'Revoked',
  connect: 'How to connect',
  connectHint:
    'Through ClickHouse’s HTTP interface, one SELECT a request. The native protocol of clickhouse-client is not open; clickhouse local, which is the same program, does instead. DBeaver, Metabase and others come by ClickHouse’s JDBC driver, Superset by clickhouse-connect; they ask at the root of the server.',
  database: 'Database',
  placeholder: 'PASSWORD',
  lines: {
    curl: 'curl',
    local: 'clickhouse local',
    jdbc: 'JDBC',
  },
  linesHint: {
    curl: 'Anywhere; end the query with FORMAT CSVWithNames and the like',
    local: 'The same program as clickhouse-client',
    jdbc: 'DBeaver, Metabase and others; a SET in it changes nothing',
  },
  visible: 'What they see',
  visibleHint: 'All readers see the same views, which follow the declarations and the tracking plan.',
  view: 'View',
  columns: 'Columns',
  maskedColumn: 'masked',
  maskedCount: (count: string) => `${count} masked`,
  noneMasked: 'nothing personal',
  maskedHint: 'Attributes show ***; personal properties are removed from events.',
};
