import { createIdentity, type Identity, type ResolveRecord } from '../src/identity/index.ts';
import type { Platform } from '../src/platform/index.ts';
import type { Bench, BenchContext, BenchRow } from './bench-context.ts';

// Five million keys take ten minutes to make on two cores; WUTONG_BENCH_KEYS makes it fewer.
const KEYS = Number(process.env['WUTONG_BENCH_KEYS'] ?? 5_000_000);
const RECORDS_A_BATCH = 5_000;
const BATCHES = 20;
/** One record in ten brings a browser that was never seen, and binds it to a known customer. */
const NEW_LINK_EVERY = 10;

/**
 * Keys resolved per second, in batches of which a tenth are new links, on a large map; against a bare
 * `= ANY` look-up of the fingerprints of the same keys, new ones too. Keys are drawn evenly from the whole map, which is
 * the worst case for the cache: a second figure has people come back as they do, a tenth of them in the
 * hour.
 */
export const run: Bench = async (context) => {
  const databases = await context.createPlatform();
  const { platform } = databases;
  const identity = createIdentity(platform);
  try {
    await identity.start();
    await fillMap(platform, context);
    const everyone = await measureResolve(platform, identity, KEYS, 'a');
    const active = await measureResolve(platform, identity, Math.min(KEYS, 200_000), 'b');
    const row = (name: string, { value, bare }: Measured, note: string): BenchRow => ({
      name,
      value: Math.round(value),
      unit: 'keys/s',
      baseline: 'a bare = ANY look-up of the same batches',
      baselineValue: Math.round(bare),
      ratio: value / bare,
      note: `${note}; bound by the processor: index entries of new links in PostgreSQL, one hash a key not in memory`,
    });
    return [
      row('identity-online', active, `${KEYS} keys, 10 % new links, 200,000 keys active`),
      row('identity-online-cold', everyone, `${KEYS} keys, 10 % new links, all keys equally likely`),
    ];
  } finally {
    await identity.stop();
    await databases.drop();
  }
};

const valueOf = (index: number): string => `C${String(index).padStart(9, '0')}`;

async function fillMap(platform: Platform, context: BenchContext): Promise<void> {
  context.say(`filling a map of ${KEYS} keys`);
  const chunk = 100_000;
  for (let start = 0; start < KEYS; start += chunk) {
    const fingerprints: string[] = [];
    for (let index = start; index < Math.min(KEYS, start + chunk); index++) {
      fingerprints.push(platform.secrets.fingerprint(`customer_number\0${valueOf(index)}`));
    }
    await platform.database.execute(
      `insert into identity.key (key_number, person_id, type, fingerprint, value_encrypted, first_seen_at)
       select number, number, 'customer_number', fingerprint, $3, $2
       from (select nextval('identity.key_key_number_seq') as number, fingerprint
             from unnest($1::uuid[]) as fingerprint) as given`,
      [`{${fingerprints.join(',')}}`, platform.clock.now(), platform.secrets.encrypt('C000000000')],
    );
  }
  await platform.database.execute('vacuum analyze identity.key');
}

/** Keys per second of the room, and of the bare look-up beside it. */
interface Measured {
  readonly value: number;
  readonly bare: number;
}

function fingerprintsOf(platform: Platform, records: readonly ResolveRecord[]): string[] {
  return records.flatMap(({ keys }) =>
    keys.map(({ type, value }) => platform.secrets.fingerprint(`${type}\0${value}`)),
  );
}

async function measureResolve(
  platform: Platform,
  identity: Identity,
  keys: number,
  round: string,
): Promise<Measured> {
  const batchOf = (batch: number): ResolveRecord[] =>
    Array.from({ length: RECORDS_A_BATCH }, (_, index) => {
      const known = { type: 'customer_number', value: valueOf(draw(batch, index, round, keys)) };
      const isNew = index % NEW_LINK_EVERY === 0;
      return {
        keys: isNew ? [known, { type: 'cookie', value: `${round}-${batch}-${index}` }] : [known],
        link: isNew ? 'bind' : 'none',
        at: platform.clock.now() + batch,
        sourceId: 'bench',
        messageId: `${round}-${batch}-${index}`,
      };
    });
  const resolve = (records: readonly ResolveRecord[]): Promise<unknown> =>
    platform.database.transaction((transaction) => identity.resolve(transaction, records));
  // The first pass fills the cache as far as it goes, as a running process would have it.
  const warm = Math.min(Math.ceil((keys * 2) / RECORDS_A_BATCH), BATCHES * 4);
  for (let batch = 0; batch < warm; batch++) await resolve(batchOf(-1 - batch));
  const batches = Array.from({ length: BATCHES }, (_, batch) => batchOf(batch));
  const lookUp = (fingerprints: readonly string[]): Promise<unknown> =>
    platform.database.query(
      'select key_number, person_id, fingerprint from identity.key where fingerprint = any($1::uuid[])',
      [`{${fingerprints.join(',')}}`],
    );
  // Turn by turn, so that whatever else the machine does meets both alike.
  let resolveMs = 0;
  let bareMs = 0;
  let keysInAll = 0;
  for (const records of batches) {
    const fingerprints = fingerprintsOf(platform, records);
    keysInAll += fingerprints.length;
    const started = performance.now();
    await lookUp(fingerprints);
    const between = performance.now();
    await resolve(records);
    bareMs += between - started;
    resolveMs += performance.now() - between;
  }
  return { value: (keysInAll * 1000) / resolveMs, bare: (keysInAll * 1000) / bareMs };
}

/** An even draw that is the same in every run. */
function draw(batch: number, index: number, round: string, size: number): number {
  let hash = 2_166_136_261;
  for (const character of `${round} ${batch} ${index}`) {
    hash = Math.imul(hash ^ character.charCodeAt(0), 16_777_619);
  }
  hash = Math.imul(hash ^ (hash >>> 15), 2_246_822_507);
  return ((hash ^ (hash >>> 13)) >>> 0) % size;
}
