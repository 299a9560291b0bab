import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSmtpSink, type SmtpSink } from '../../../lab/src/simulators/index.ts';
import { createTestDatabases, type TestDatabases } from '../../test/harness/databases.ts';
import { insertTestSupplier } from '../../test/harness/hub-rooms.ts';
import { createTestPlatform } from '../../test/harness/platform.ts';
import type { Platform } from '../platform/index.ts';
import { sendNotice } from './send-notice.ts';

let databases: TestDatabases;
let platform: Platform;
let relay: SmtpSink;
beforeAll(async () => {
  databases = await createTestDatabases();
  platform = createTestPlatform(databases);
  relay = await startSmtpSink();
});
afterAll(async () => {
  await relay?.stop();
  await platform?.close();
  await databases?.drop();
});

const notice = {
  id: '01890a5d-ac96-774b-bcce-b302099a8057',
  to: 'risk@bank.example',
  subject: '【预警】登录\r\nBcc: all@bank.example',
  text: '当前数值: 2',
};

test('a notice goes over the relay for service mail, in nobody’s books', async () => {
  expect(await sendNotice(platform, notice)).toEqual({ kind: 'later', detail: 'no_mail_relay' });
  const from = '"梧桐银行" <service@bank.example>';
  const settings = { host: '127.0.0.1', port: relay.port, from };
  await insertTestSupplier(platform, {
    supplierId: 'campaigns',
    kind: 'smtp',
    channel: 'email',
    settings: { ...settings, port: 1 },
    purposes: ['marketing'],
  });
  // A relay that is away, before the one that is not.
  await insertTestSupplier(platform, {
    supplierId: 'away',
    kind: 'smtp',
    channel: 'email',
    settings: { ...settings, port: 1 },
  });
  await insertTestSupplier(platform, { supplierId: 'mail', kind: 'smtp', channel: 'email', settings });
  expect(await sendNotice(platform, notice)).toEqual({ kind: 'sent' });
  const [message] = relay.messages;
  expect(message!.to).toBe('risk@bank.example');
  expect(message!.raw).toContain(`Message-ID: <${notice.id}@bank.example>`);
  // The line break in the subject makes no header.
  expect(message!.raw).not.toMatch(/^Bcc:/m);
  expect(await platform.database.query('select 1 from hub.message')).toEqual([]);

  relay.busy.add('busy@bank.example');
  relay.missing.add('gone@bank.example');
  expect(await sendNotice(platform, { ...notice, to: 'busy@bank.example' })).toMatchObject({ kind: 'later' });
  expect(await sendNotice(platform, { ...notice, to: 'gone@bank.example' })).toMatchObject({
    kind: 'refused',
  });
});
