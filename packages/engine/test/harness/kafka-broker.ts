import { randomBytes } from 'node:crypto';
import { execFile, execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Admin } from '@platformatic/kafka';
import { findFreePort } from '../../src/platform/engines/free-port.ts';

/** Kafka's own broker in KRaft mode, one node, on loopback. */
export interface KafkaBroker {
  /** host:port without encryption, anybody. */
  readonly plain: string;
  /** host:port with TLS and SASL (PLAIN): user `bank`, password `secret`. */
  readonly secured: string;
  /** PEM of the authority behind `secured`. */
  readonly certificateAuthority: string;
  createTopic(topic: string, partitions: number, maximumMessageBytes?: number): Promise<void>;
  deleteTopic(topic: string): Promise<void>;
  /**
   * Transactions of one message by Kafka's own producer, compressed as snappy, then lz4, then zstd. END in the value
   * becomes the compression and how the transaction ended.
   */
  sendTransactions(topic: string, value: string, ends: readonly ('commit' | 'abort')[]): Promise<void>;
  /** kill -9; what was acknowledged stays. */
  kill(): Promise<void>;
  /** On the same ports and the same data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const POM = fileURLToPath(new URL('./kafka-broker.pom.xml', import.meta.url));
const TRANSACTIONS = fileURLToPath(new URL('./SendTransactions.java', import.meta.url));
const KEYSTORE_PASSWORD = 'changeit';
const START_LIMIT_MS = 60_000;

/** Why no broker can be had here; undefined when one can. */
export function whyNoKafka(): string | undefined {
  if (spawnSync('java', ['-version']).status !== 0) return 'Java is not here';
  return existsSync(jarFolder()) ? undefined : 'run `node scripts/fetch-kafka.mjs` first';
}

function jarFolder(): string {
  const version = /<version>([\d.]+)<\/version>\s*<\/dependency>/.exec(readFileSync(POM, 'utf8'))![1]!;
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'wutong', `kafka-${version}`);
}

/** Starts a broker; takes some five seconds. */
export async function startKafkaBroker(): Promise<KafkaBroker> {
  const folder = mkdtempSync(join(tmpdir(), 'wutong-kafka-'));
  const [plainPort, securedPort, controllerPort] = [
    await findFreePort(),
    await findFreePort(),
    await findFreePort(),
  ];
  const ports = { plain: plainPort, secured: securedPort, controller: controllerPort };
  const certificateAuthority = makeCertificate(folder);
  writeBrokerFiles(folder, ports);
  const plain = `127.0.0.1:${ports.plain}`;
  let broker = await launch(folder, plain);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (broker.exitCode !== null || broker.signalCode !== null) return;
    broker.kill(signal);
    await once(broker, 'exit');
  };
  const asAdmin = async (work: (admin: Admin) => Promise<unknown>): Promise<void> => {
    const admin = new Admin({ clientId: 'test', bootstrapBrokers: [plain] });
    try {
      await work(admin);
    } finally {
      await admin.close();
    }
  };
  return {
    plain,
    secured: `127.0.0.1:${ports.secured}`,
    certificateAuthority,
    createTopic: (topic, partitions, maximumMessageBytes = 1_048_588) =>
      asAdmin((admin) =>
        admin.createTopics({
          topics: [topic],
          partitions,
          replicas: 1,
          configs: [{ name: 'max.message.bytes', value: String(maximumMessageBytes) }],
        }),
      ),
    deleteTopic: (topic) => asAdmin((admin) => admin.deleteTopics({ topics: [topic] })),
    async sendTransactions(topic, value, ends) {
      const jars = join(jarFolder(), '*');
      await promisify(execFile)('java', ['-cp', jars, TRANSACTIONS, plain, topic, value, ...ends]);
    },
    kill: () => end('SIGKILL'),
    async restart() {
      await end('SIGKILL');
      broker = await launch(folder, plain);
    },
    async stop() {
      await end('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A key pair for the broker by Java's own tool; returns its certificate as PEM. */
function makeCertificate(folder: string): string {
  const store = [
    '-keystore',
    join(folder, 'broker.p12'),
    '-storetype',
    'PKCS12',
    '-storepass',
    KEYSTORE_PASSWORD,
  ];
  const options = { stdio: ['ignore', 'pipe', 'ignore'] as ['ignore', 'pipe', 'ignore'] };
  const name = ['-alias', 'broker', '-dname', 'CN=127.0.0.1', '-ext', 'san=ip:127.0.0.1,dns:localhost'];
  execFileSync(
    'keytool',
    ['-genkeypair', ...store, ...name, '-keyalg', 'EC', '-groupname', 'secp256r1', '-validity', '30'],
    options,
  );
  return execFileSync('keytool', ['-exportcert', '-rfc', '-alias', 'broker', ...store], options).toString();
}

function writeBrokerFiles(
  folder: string,
  ports: { plain: number; secured: number; controller: number },
): void {
  const data = join(folder, 'data');
  mkdirSync(data);
  const id = (): string => randomBytes(16).toString('base64url');
  // What `kafka-storage format` would write, which costs another start of Java.
  writeFileSync(
    join(data, 'meta.properties'),
    `version=1\ncluster.id=${id()}\nnode.id=1\ndirectory.id=${id()}\n`,
  );
  const login = 'org.apache.kafka.common.security.plain.PlainLoginModule required user_bank="secret";';
  writeFileSync(
    join(folder, 'server.properties'),
    `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${ports.controller}
listeners=PLAINTEXT://127.0.0.1:${ports.plain},SASL_SSL://127.0.0.1:${ports.secured},CONTROLLER://127.0.0.1:${ports.controller}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT
sasl.enabled.mechanisms=PLAIN
listener.name.sasl_ssl.plain.sasl.jaas.config=${login}
ssl.keystore.location=${join(folder, 'broker.p12')}
ssl.keystore.type=PKCS12
ssl.keystore.password=${KEYSTORE_PASSWORD}
log.dirs=${data}
num.network.threads=2
num.io.threads=2
log.cleaner.enable=false
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
controller.quorum.election.timeout.ms=300
group.min.session.timeout.ms=1000
auto.create.topics.enable=false
`,
  );
}

async function launch(folder: string, plain: string): Promise<ChildProcess> {
  const child = spawn(
    'java',
    [
      '-Xms96m',
      '-Xmx320m',
      // Starts faster; a test's broker never runs long enough for the better compiler.
      '-XX:TieredStopAtLevel=1',
      '-XX:+UseSerialGC',
      '-cp',
      join(jarFolder(), '*'),
      'kafka.Kafka',
      join(folder, 'server.properties'),
    ],
    { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-5_000)));
  const deadline = Date.now() + START_LIMIT_MS;
  const admin = new Admin({ clientId: 'test', bootstrapBrokers: [plain], retries: 0, connectTimeout: 1_000 });
  try {
    for (;;) {
      if (child.exitCode !== null) throw new Error(`the broker ended:\n${output}`);
      if (Date.now() > deadline) throw new Error(`the broker did not start:\n${output}`);
      const answered = await admin.listTopics().then(
        () => true,
        () => false,
      );
      if (answered) return child;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  } finally {
    await admin.close();
  }
}
