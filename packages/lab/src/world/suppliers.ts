import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hubApi } from '@wutong/contract';
import { RefusedError, type FrontDoor } from '../front-door.ts';
import {
  createHandsets,
  createServiceAccount,
  startFcm,
  startSmsc,
  startSmtpSink,
  type FcmSimulator,
  type Handsets,
  type Smsc,
  type SmtpSink,
} from '../simulators/index.ts';

/** The carriers, the push service and the mail relay of the demo's world. */
export interface SupplierWorld {
  readonly carriers: readonly {
    supplierId: string;
    name: string;
    smsc: Smsc;
    share: number;
    password: string;
  }[];
  readonly fcm: FcmSimulator;
  readonly mail: SmtpSink;
  onPush: (device: string, messageId: string, title: string) => void;
  household: (mobile: string) => number;
  onSms: (mobile: string, text: string, reply: (text: string) => void) => void;
  /** What people got: texts, mails, and those of both that came more than once. */
  handsets(): { delivered: number; mails: number; doubles: number };
  stop(): Promise<void>;
}

const PASSWORD = 'demo-only';

interface KeptPorts {
  account: { privateKey: string; publicKey: string };
  ports: Record<string, number>;
}

/** Starts the suppliers; ports and the service account stay the same over restarts. */
export async function startSuppliers(stateDirectory: string): Promise<SupplierWorld> {
  const path = join(stateDirectory, 'suppliers.json');
  const kept: KeptPorts = existsSync(path)
    ? (JSON.parse(readFileSync(path, 'utf8')) as KeptPorts)
    : { account: createServiceAccount(), ports: {} };
  const texts = createHandsets();
  const start = async <Started extends { port: number }>(
    name: string,
    open: (port: number) => Promise<Started>,
  ): Promise<Started> => {
    // A port that somebody else took meanwhile is given up.
    const started = await open(kept.ports[name] ?? 0).catch(() => open(0));
    kept.ports[name] = started.port;
    return started;
  };
  const carrier = (name: string, seed: number, rejectShare: number, noReceiptShare: number): Promise<Smsc> =>
    start(name, (port) =>
      startSmsc({
        name,
        port,
        systemId: name.slice(0, 15),
        password: PASSWORD,
        seed,
        handsets: texts,
        behaviour: {
          rejectShare,
          noReceiptShare,
          undeliverableShare: 0.015,
          duplicateReceiptShare: 0.02,
          outOfOrderShare: 0.02,
          receiptDelayMs: [5, 60],
        },
      }),
    );
  const north = await carrier('north', 11, 0.03, 0.02);
  const south = await carrier('south', 12, 0.02, 0.01);
  const fcmPort = kept.ports['fcm'] ?? 0;
  const fcm = await startFcm({ port: fcmPort, account: kept.account }).catch(() =>
    startFcm({ account: kept.account }),
  );
  kept.ports['fcm'] = Number(new URL(fcm.url).port);
  const mail = await start('mail', (port) => startSmtpSink({ port }));
  writeFileSync(path, JSON.stringify(kept), { mode: 0o600 });

  const world: SupplierWorld = {
    carriers: [
      { supplierId: 'sms-north', name: '北方短信通道', smsc: north, share: 70, password: PASSWORD },
      { supplierId: 'sms-south', name: '南方短信通道', smsc: south, share: 30, password: PASSWORD },
    ],
    fcm,
    mail,
    onPush: () => undefined,
    onSms: () => undefined,
    household: () => 1,
    handsets: () => ({
      delivered: texts.total(),
      mails: mail.handsets.total(),
      doubles: countDoubles(texts, world.household) + mail.handsets.doubles(subjectOf).length,
    }),
    async stop() {
      await Promise.all([north.stop(), south.stop(), fcm.stop(), mail.stop()]);
    },
  };
  fcm.onPush(({ token, title, body, data }) => world.onPush(token, data['message_id'] ?? '', title + body));
  texts.onGot(({ address, text, supplier }) => {
    const smsc = supplier === 'north' ? north : south;
    world.onSms(address, text, (reply) => smsc.reply(address, reply));
  });
  return world;
}

/** A text that came to a phone more often than people share it: links and digits are left out. */
function countDoubles(texts: Handsets, household: (mobile: string) => number): number {
  return texts.doubles().filter(({ address, times }) => times > household(address)).length;
}

/** Each mail has an id and a date of its own; nobody should get one subject twice. */
const subjectOf = (raw: string): string => /^Subject: (.*(?:\r?\n[ \t].*)*)/m.exec(raw)?.[1] ?? raw;

/** Connects the suppliers and sets the routes; safe to repeat. */
export async function connectSuppliers(door: FrontDoor, world: SupplierWorld): Promise<void> {
  for (const { supplierId, name, smsc, password } of world.carriers) {
    await connect(door, {
      supplierId,
      name,
      kind: 'smpp',
      settings: {
        host: '127.0.0.1',
        port: smsc.port,
        systemId: supplierId.replace('sms-', ''),
        sourceAddress: '10690001',
      },
      secrets: { password },
      ratePerSecond: 2_000,
      unitCostMicros: 42_000,
    });
  }
  await connect(door, {
    supplierId: 'push-fcm',
    name: 'App 推送（FCM）',
    kind: 'fcm',
    settings: {
      projectId: world.fcm.projectId,
      clientEmail: world.fcm.clientEmail,
      endpoint: world.fcm.url,
      tokenUri: `${world.fcm.url}/token`,
    },
    secrets: { privateKey: world.fcm.privateKey },
    ratePerSecond: 2_000,
  });
  await connect(door, {
    supplierId: 'mail-relay',
    name: '邮件中继',
    kind: 'smtp',
    settings: { host: '127.0.0.1', port: world.mail.port, from: '"梧桐示范银行" <service@bank.example>' },
    ratePerSecond: 500,
  });
  const route = (
    routeId: string,
    name: string,
    channel: 'sms' | 'push' | 'email',
    shares: { supplierId: string; share: number }[],
  ): Promise<unknown> => door.call(hubApi.putRoute, { params: { routeId }, body: { name, channel, shares } });
  await route(
    'sms',
    '短信 70/30',
    'sms',
    world.carriers.map(({ supplierId, share }) => ({ supplierId, share })),
  );
  await route('push', 'App 推送', 'push', [{ supplierId: 'push-fcm', share: 100 }]);
  await route('email', '邮件', 'email', [{ supplierId: 'mail-relay', share: 100 }]);
}

async function connect(
  door: FrontDoor,
  supplier: Parameters<typeof door.call<typeof hubApi.createSupplier>>[1] extends
    { body?: infer Body } | undefined
    ? NonNullable<Body>
    : never,
): Promise<void> {
  try {
    await door.call(hubApi.createSupplier, { body: supplier });
  } catch (error) {
    if (!(error instanceof RefusedError) || error.problem.code !== 'supplier_exists') throw error;
    const { settings, secrets } = supplier;
    await door.call(hubApi.editSupplier, {
      params: { supplierId: supplier.supplierId },
      body: { settings, ...(secrets ? { secrets } : {}) },
    });
  }
}
