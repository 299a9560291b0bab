import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import smpp, { type Pdu } from 'smpp';
import {
  createHubRooms,
  insertTestSupplier,
  makeApprovedContent,
  makeReachablePeople,
  mobileOf,
  reservationsFor,
  until,
} from '../test/harness/hub-rooms.ts';
import type { Bench, BenchRow } from './bench-context.ts';

const MESSAGES = 20_000;
const RESERVE_AT_ONCE = 5_000;
const WINDOW = 64;
const TEXT = '【梧桐银行】尊敬的客户，您的理财即将到期，请到手机银行查看。拒收请回复R';

/** A message centre in its own process; its port, and how to end it. */
async function startSmscProcess(): Promise<{ port: number; stop(): void }> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(new URL('../test/harness/smsc-process.ts', import.meta.url))],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { port: Number(line.toString()), stop: () => child.stdin.end() };
}

/** Messages a second of the bare library: submit at a window, take every receipt; nothing is written down. */
async function measureBareSession(port: number): Promise<number> {
  const session = smpp.connect({ host: '127.0.0.1', port });
  await once(session, 'connect');
  await new Promise((resolve) =>
    session.bind_transceiver({ system_id: 'wutong', password: 'secret' }, resolve),
  );
  const body = Buffer.from(TEXT, 'utf16le').swap16();
  const begun = performance.now();
  await new Promise<void>((resolve) => {
    let submitted = 0;
    let received = 0;
    const submit = (): void => {
      if (submitted >= MESSAGES) return;
      submitted++;
      session.submit_sm(
        {
          destination_addr: mobileOf(submitted),
          short_message: body,
          data_coding: 8,
          registered_delivery: 1,
        },
        submit,
      );
    };
    session.on('deliver_sm', (pdu: Pdu) => {
      session.send(pdu.response());
      if (++received === MESSAGES) resolve();
    });
    for (let slot = 0; slot < WINDOW; slot++) submit();
  });
  const perSecond = MESSAGES / ((performance.now() - begun) / 1_000);
  session.destroy();
  return perSecond;
}

/** From reserved to receipt in the ledger, against the same wire without a ledger. */
export const run: Bench = async (context) => {
  const databases = await context.createPlatform();
  const { platform } = databases;
  const smsc = await startSmscProcess();
  const rooms = await createHubRooms(platform);
  const rows: BenchRow[] = [];
  try {
    context.say(`bare smpp session, ${MESSAGES} messages`);
    const bare = await measureBareSession(smsc.port);

    context.say(`making ${MESSAGES} people`);
    await makeApprovedContent(rooms, platform, 'bench', { sms: { text: TEXT } }, 'service');
    const people = await makeReachablePeople(rooms, platform, MESSAGES);
    await insertTestSupplier(platform, {
      supplierId: 'bench',
      kind: 'smpp',
      channel: 'sms',
      settings: { host: '127.0.0.1', port: smsc.port, systemId: 'wutong' },
      secrets: { password: 'secret' },
      window: 256,
    });

    context.say('reserving');
    const reservations = reservationsFor(people, { nodeId: 'bench', purpose: 'service', contentId: 'bench' });
    const reserveBegun = performance.now();
    for (let from = 0; from < reservations.length; from += RESERVE_AT_ONCE) {
      const batch = reservations.slice(from, from + RESERVE_AT_ONCE);
      await platform.database.transaction((transaction) => rooms.hub.reserve(transaction, batch));
    }
    const reservedPerSecond = MESSAGES / ((performance.now() - reserveBegun) / 1_000);

    context.say('delivering');
    const begun = performance.now();
    await rooms.hub.start();
    await until(
      async () => (await rooms.hub.books({ strategyId: 'renewal' }))[0]!.delivered === MESSAGES,
      'all delivered',
      600_000,
    );
    const deliveredPerSecond = MESSAGES / ((performance.now() - begun) / 1_000);
    const baseline = `npm smpp session without a ledger, window ${WINDOW}, loopback, receipts taken`;
    rows.push(
      {
        name: 'hub-send',
        value: Math.round(deliveredPerSecond),
        unit: 'messages/s reserved → submitted → receipt recorded',
        baseline,
        baselineValue: Math.round(bare),
        ratio: deliveredPerSecond / bare,
        note: 'each message is judged again, rendered, and written as an attempt, an answer and a receipt, durably',
      },
      {
        name: 'hub-reserve',
        value: Math.round(reservedPerSecond),
        unit: 'messages/s judged and reserved',
        baseline,
        baselineValue: Math.round(bare),
        ratio: reservedPerSecond / bare,
      },
    );
    await rooms.hub.stop();
  } finally {
    await rooms.stop();
    smsc.stop();
    await databases.drop();
  }
  return rows;
};
