import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/**
 * The one order in which rooms may import: a room sees contract, platform and EARLIER rooms'
 * index.ts, types included. There is no list of exceptions.
 */
const ROOMS = [
  'platform',
  'identity',
  'profile',
  'ingest',
  'audience',
  'content',
  'decision',
  'hub',
  'canvas',
  'insight',
] as const;

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const SOURCE = join(ROOT, 'packages/engine/src');
const FORBIDDEN_NAMES = /^(types|utils?|lib|helpers?|common|misc)(\.test)?\.tsx?$/;
// Synonyms that GLOSSARY.md forbids, as words in names of files, functions and types.
const FORBIDDEN_WORDS = /\b(?:interface|class|type|function|const)\s+\w*(?:Journey|Campaign|Workflow)\w*/g;

interface SourceFile {
  /** Path relative to the folder scanned. */
  readonly path: string;
  readonly text: string;
}

function filesBelow(folder: string): SourceFile[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((path) => /\.tsx?$/.test(path) && !/(^|\/)(dist|node_modules)\//.test(path))
    .filter((path) => statSync(join(folder, path)).isFile())
    .map((path) => ({ path, text: readFileSync(join(folder, path), 'utf8') }));
}

/** Specifiers of every static, type-only, side-effect, re-export and dynamic import of a file. */
function importsOf(text: string): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '');
  const found = code.matchAll(/(?:\bfrom\s*|\bimport\s*\(\s*|^\s*import\s+)(['"])([^'"\n]+)\1/gm);
  return [...found].map((match) => match[2]!);
}

const roomOf = (path: string): string | undefined => (path.includes('/') ? path.split('/')[0] : undefined);

/** What breaks the law, one sentence each. */
function findViolations(files: readonly SourceFile[]): string[] {
  const violations: string[] = [];
  const edges = new Map<string, Set<string>>();
  for (const file of files) {
    const room = roomOf(file.path);
    const name = file.path.split('/').at(-1)!;
    if (FORBIDDEN_NAMES.test(name)) violations.push(`${file.path}: a file's name says what it is about`);
    if (room && !(ROOMS as readonly string[]).includes(room))
      violations.push(`${file.path}: ${room} is not a room`);
    for (const word of file.text.matchAll(FORBIDDEN_WORDS)) {
      violations.push(`${file.path}: "${word[0]}" uses a word that the glossary forbids`);
    }
    const isTest = /\.test\.tsx?$/.test(file.path);
    for (const specifier of importsOf(file.text)) {
      if (!specifier.startsWith('.')) continue;
      const target = relative('/', resolve('/', dirname(file.path), specifier));
      if (
        specifier.startsWith('..') &&
        resolve('/src', dirname(file.path), specifier).startsWith('/src') === false
      ) {
        // Out of src: only tests may reach the harness, and package.json or sql are not modules.
        if (!isTest && /\.tsx?$/.test(specifier))
          violations.push(`${file.path}: imports ${specifier} from outside src`);
        continue;
      }
      if (!isTest) edges.set(file.path, (edges.get(file.path) ?? new Set()).add(target));
      if (!room) continue;
      const targetRoom = roomOf(target);
      if (targetRoom === room) continue;
      if (!targetRoom) {
        if (!isTest) violations.push(`${file.path}: a room does not import ${target}`);
        continue;
      }
      const order = (each: string): number => (ROOMS as readonly string[]).indexOf(each);
      if (order(targetRoom) > order(room) && !isTest)
        violations.push(`${file.path}: reverse import of ${target}`);
      if (target !== `${targetRoom}/index.ts`) violations.push(`${file.path}: deep import of ${target}`);
    }
  }
  return [...violations, ...findCycles(edges)];
}

/** Cycles among files, each named once by the edge that closes it. */
function findCycles(edges: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const state = new Map<string, 'open' | 'done'>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (state.get(path) === 'done') return;
    if (state.get(path) === 'open') {
      cycles.push(`cycle: ${[...trail.slice(trail.indexOf(path)), path].join(' → ')}`);
      return;
    }
    state.set(path, 'open');
    for (const target of edges.get(path) ?? []) visit(target, [...trail, path]);
    state.set(path, 'done');
  };
  for (const path of edges.keys()) visit(path, []);
  return cycles;
}

describe('the ROOMS law', () => {
  const engine = filesBelow(SOURCE);

  it('sees the whole engine', () => {
    expect(engine.length).toBeGreaterThan(100);
    for (const room of ROOMS) {
      expect(
        engine.some((file) => file.path === `${room}/index.ts`),
        `front door of ${room}`,
      ).toBe(true);
    }
  });

  it('holds in the engine', () => {
    expect(findViolations(engine)).toEqual([]);
  });

  it('is seen when it is broken', () => {
    const plant = (path: string, text: string): string[] => findViolations([...engine, { path, text }]);
    expect(plant('identity/planted.ts', "import type { X } from '../canvas/index.ts';")).toEqual([
      'identity/planted.ts: reverse import of canvas/index.ts',
    ]);
    expect(plant('canvas/planted.ts', "export { x } from '../hub/store.ts';")).toEqual([
      'canvas/planted.ts: deep import of hub/store.ts',
    ]);
    expect(plant('hub/planted.ts', "const x = await import('../start-wutong.ts');")).toEqual([
      'hub/planted.ts: a room does not import start-wutong.ts',
    ]);
    expect(plant('hub/helpers.ts', '')).toHaveLength(1);
    expect(plant('lobby/index.ts', '')).toHaveLength(1);
    expect(plant('canvas/planted.ts', 'export class JourneyRunner {}')).toHaveLength(1);
    const cycle = findViolations([
      { path: 'hub/a.ts', text: "import './b.ts';" },
      { path: 'hub/b.ts', text: "import { a } from './a.ts';" },
    ]);
    expect(cycle).toEqual(['cycle: hub/a.ts → hub/b.ts → hub/a.ts']);
  });

  it('lets only config.ts read the environment', () => {
    const readers = engine.filter(
      (file) => /process\.env/.test(file.text) && !file.path.endsWith('.test.ts'),
    );
    expect(readers.map((file) => file.path)).toEqual(['config.ts']);
  });

  it('lets SQL and rooms take time from the clock only', () => {
    const sqlTime =
      /\b(?:now|today|yesterday|now64|current_timestamp|clock_timestamp|statement_timestamp)\s*\(|\bcurrent_(?:timestamp|date)\b/i;
    const guilty = engine
      .filter(
        (file) => roomOf(file.path) && roomOf(file.path) !== 'platform' && !file.path.endsWith('.test.ts'),
      )
      .filter(({ text }) => {
        const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '');
        const statements = (code.match(/`[^`]*`/g) ?? [])
          .map((literal) => literal.replace(/\$\{[^}]*\}/g, ''))
          .filter((literal) => /\b(select|insert|update|delete|with)\b/i.test(literal));
        return (
          /\bDate\.now\(\)|\bnew Date\(\)/.test(code) ||
          statements.some((statement) => sqlTime.test(statement))
        );
      });
    expect(guilty.map((file) => file.path)).toEqual([]);
  });
});

describe('the other packages', () => {
  it('contract imports nothing of ours, the console only contract, the SDK nothing at all', () => {
    const outside = (folder: string, allowed: RegExp): string[] =>
      filesBelow(join(ROOT, folder)).flatMap((file) =>
        importsOf(file.text)
          .filter((specifier) => !specifier.startsWith('.') && !allowed.test(specifier))
          .map((specifier) => `${folder}/${file.path}: ${specifier}`),
      );
    expect(outside('packages/contract/src', /^(zod|vitest|fast-check|node:)/)).toEqual([]);
    expect(outside('packages/sdk-web/src', /^vitest$/)).toEqual([]);
    expect(
      filesBelow(join(ROOT, 'packages/console/src'))
        .flatMap((file) => importsOf(file.text))
        .filter((specifier) => specifier.startsWith('@wutong/') && specifier !== '@wutong/contract'),
    ).toEqual([]);
  });

  it('lab reaches Wutong through its public doors only', () => {
    const guilty = filesBelow(join(ROOT, 'packages/lab/src')).filter((file) =>
      importsOf(file.text).some((specifier) => /engine/.test(specifier)),
    );
    expect(guilty.map((file) => file.path)).toEqual([]);
  });
});
