import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endpointsByRoom, errorDefinitions, type Endpoint } from '@wutong/contract';
import { z } from 'zod';
import {
  anchoredClock,
  createIds,
  createJobs,
  createSecrets,
  deterministicId,
  manualClock,
  silentLog,
  splitStatements,
  virtualTime,
} from './index.ts';
import { openApiDocument } from './http/openapi.ts';
import { errorsPage, referencePage } from './http/reference-page.ts';

const endpoints = Object.values(endpointsByRoom)
  .flatMap((room) => Object.values(room) as unknown[])
  .filter(
    (each): each is Endpoint =>
      typeof each === 'object' && each !== null && 'method' in each && 'path' in each,
  );

describe('clock', () => {
  it('never passes real time, and never goes back', () => {
    fc.assert(
      fc.property(
        fc.nat(1e9),
        fc.double({ min: 1, max: 1e5, noNaN: true }),
        fc.nat(1e9),
        fc.nat(1e9),
        (behind, rate, a, b) => {
          const anchor = { realMs: 1e12, virtualMs: 1e12 - behind, rate };
          const [early, late] = [1e12 + Math.min(a, b), 1e12 + Math.max(a, b)];
          expect(virtualTime(anchor, late)).toBeLessThanOrEqual(late);
          expect(virtualTime(anchor, late)).toBeGreaterThanOrEqual(virtualTime(anchor, early));
        },
      ),
    );
  });

  it('does not jump when its speed changes', () => {
    const clock = anchoredClock({ realMs: Date.now(), virtualMs: Date.now() - 86_400_000, rate: 1 });
    const before = clock.now();
    clock.setRate(5_000);
    expect(clock.now() - before).toBeLessThan(5_000 * 200);
    expect(clock.rate).toBe(5_000);
  });
});

describe('ids', () => {
  it('sort by time and carry version 7', () => {
    const clock = manualClock(1_700_000_000_000);
    const ids = createIds(clock);
    const first = ids.newId();
    clock.advance(1);
    const second = ids.newId();
    expect(first < second).toBe(true);
    expect(first).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('of parts differ when the parts are cut elsewhere', () => {
    expect(deterministicId('ab', 'c')).not.toBe(deterministicId('a', 'bc'));
    expect(deterministicId('ab', 1)).toBe(deterministicId('ab', 1));
  });
});

describe('secrets', () => {
  const secrets = createSecrets('ab'.repeat(32));
  it('open what they closed, and nothing else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(), (plain, at) => {
        const box = secrets.encrypt(plain);
        expect(secrets.decrypt(box)).toBe(plain);
        const raw = Buffer.from(box.slice(3), 'base64url');
        raw[at % raw.length]! ^= 1;
        expect(() => secrets.decrypt(`v1.${raw.toString('base64url')}`)).toThrow();
      }),
    );
    expect(() => createSecrets('cd'.repeat(32)).decrypt(secrets.encrypt('x'))).toThrow();
  });
  it('print equal values equally and never twice the same box', () => {
    expect(secrets.fingerprint('13800138000')).toBe(secrets.fingerprint('13800138000'));
    expect(secrets.fingerprint('13800138000')).not.toBe(
      createSecrets('cd'.repeat(32)).fingerprint('13800138000'),
    );
    expect(secrets.encrypt('x')).not.toBe(secrets.encrypt('x'));
  });
  it('prints are the HMAC-SHA-256 they always were, whatever the length: stored ones must be found again', () => {
    const prints = ['customer_number\0C000000001', '客户', 'x'.repeat(1_500)].map((each) =>
      secrets.fingerprint(each),
    );
    expect(prints.map((print) => print.replaceAll('-', ''))).toEqual([
      'b29f07a8f619582278e0d954e07af79d',
      '66991dba5f786bd7e7fb24edafb3599b',
      '82f6bc974f948ac7d810c0eec6793937',
    ]);
  });
});

describe('jobs', () => {
  it('go on after a failing round, and stop after the round they are in', async () => {
    const jobs = createJobs(silentLog);
    let rounds = 0;
    let inRound = false;
    jobs.loop({
      name: 'test.loop',
      intervalMs: 1,
      async run() {
        inRound = true;
        rounds++;
        await new Promise((resolve) => setTimeout(resolve, 1));
        inRound = false;
        if (rounds === 2) throw new Error('this round fails');
        return false;
      },
    });
    while (rounds < 5) await new Promise((resolve) => setTimeout(resolve, 5));
    await jobs.stop();
    expect(inRound).toBe(false);
    const stoppedAt = rounds;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(rounds).toBe(stoppedAt);
  });

  it('look seldom in a process at rest, and at once and often when something changed', async () => {
    const jobs = createJobs(silentLog);
    let rounds = 0;
    jobs.loop({ name: 'test.rest', intervalMs: 1, run: () => Promise.resolve(++rounds < 0) });
    const roundsWithin = async (ms: number): Promise<number> => {
      const before = rounds;
      await new Promise((resolve) => setTimeout(resolve, ms));
      return rounds - before;
    };
    expect(await roundsWithin(500)).toBeGreaterThan(10);
    await roundsWithin(2_000);
    expect(await roundsWithin(1_000)).toBeLessThan(5);
    jobs.noteActivity();
    expect(await roundsWithin(200)).toBeGreaterThan(5);
    await jobs.stop();
  });
});

describe('migrations', () => {
  it('split at semicolons that end a line', () => {
    expect(splitStatements("-- why; because\nselect 'a;b';\nselect 2;\n")).toEqual([
      "select 'a;b'",
      'select 2',
    ]);
  });
});

describe('the contract', () => {
  it('names each operation and each address once', () => {
    const names = endpoints.map((each) => each.name);
    const addresses = endpoints.map((each) => `${each.method} ${each.path.replace(/:\w+/g, ':')}`);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    expect(addresses.filter((address, index) => addresses.indexOf(address) !== index)).toEqual([]);
  });

  it('lists only registered errors', () => {
    const unknown = endpoints.flatMap((each) =>
      (each.errors ?? []).filter((code) => !(code in errorDefinitions)),
    );
    expect(unknown).toEqual([]);
  });

  it('gives every error a status and a sentence in both languages', () => {
    for (const [code, definition] of Object.entries(errorDefinitions)) {
      expect(code).toMatch(/^[a-z][a-z0-9_]*$/);
      expect(definition.status, code).toBeGreaterThanOrEqual(400);
      expect(definition.en, code).toMatch(/^[A-Z].*[.!?}`]$/s);
      expect(definition.zh, code).toMatch(/[\u4e00-\u9fff]/);
    }
  });

  it('becomes an OpenAPI document in which every path parameter is declared', () => {
    const document = openApiDocument(endpoints, '0.0.0') as {
      paths: Record<string, Record<string, { parameters: { name: string; in: string }[] }>>;
    };
    for (const [path, operations] of Object.entries(document.paths)) {
      for (const operation of Object.values(operations)) {
        const declared = operation.parameters.filter((each) => each.in === 'path').map((each) => each.name);
        expect(declared.sort(), path).toEqual(
          [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!).sort(),
        );
      }
    }
    const written = JSON.stringify(document);
    expect(written).toContain('"openapi":"3.1.0"');
    const page = referencePage(endpoints, '0.0.0');
    expect(page).toContain(endpoints[0]!.path);
    // A browser and a generator of clients must be able to read them.
    expect(written.length).toBeLessThan(1_500_000);
    expect(page.length).toBeLessThan(3_000_000);
  });

  it('refers in the OpenAPI document to components that are there, each with something to say', () => {
    const document = openApiDocument(endpoints, '0.0.0') as {
      components: { schemas: Record<string, object> };
    };
    const { schemas } = document.components;
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1]!);
    expect(references.length).toBeGreaterThan(endpoints.length);
    expect(references.filter((each) => !(each.replace('#/components/schemas/', '') in schemas))).toEqual([]);
    expect(schemas['EqlDocument']).toHaveProperty('oneOf');
  });

  it('has a page for every registered error', () => {
    for (const code of Object.keys(errorDefinitions)) expect(errorsPage()).toContain(`id="${code}"`);
    expect(z.toJSONSchema(z.object({ a: z.string() }))).toBeDefined();
  });
});
