import * as contract from '@wutong/contract';
import type { Endpoint } from '@wutong/contract';
import { z } from 'zod';

export type JsonObject = Record<string, unknown>;

/** The schemas of the contract as components of an OpenAPI document, and references to them. */
export interface ComponentSchemas {
  readonly components: Readonly<Record<string, JsonObject>>;
  /** @throws Error when the schema is not of an endpoint that was given */
  refOf(schema: z.ZodType, side: Side): JsonObject;
}

/** What a caller may send, before defaults are filled in, or what the server answers. */
export type Side = 'input' | 'output';

const PREFIX = '#/components/schemas/';
const SHARED = '__shared';

/**
 * Names every schema that the contract exports, and every body and answer of an endpoint, once: a document that
 * repeats them where they are used has 29 MB to read instead of one. What differs between sending and answering has a
 * second component with `.Input` after its name.
 */
export function componentSchemas(endpoints: readonly Endpoint[]): ComponentSchemas {
  const names = nameSchemas(endpoints);
  const answered = generate(names, 'output');
  const sent = generate(names, 'input');
  for (const [name, schema] of Object.entries(sent)) {
    // A guard that runs before the schema takes anything: what it lets through is what the schema says.
    if (Object.keys(schema).length === 0) sent[name] = answered[name]!;
  }
  const differing = findDiffering(sent, answered);
  const usedIn = (schemas: Readonly<Record<string, JsonObject>>, roots: Iterable<z.ZodType>): Set<string> => {
    const used = new Set<string>();
    const use = (name: string): string => {
      if (!used.has(name)) mapReferences(used.add(name) && schemas[name], use);
      return name;
    };
    for (const schema of roots) use(names.get(schema)!);
    return used;
  };
  const outside = usedIn(
    answered,
    endpoints.map(({ response }) => response),
  );
  const inside = usedIn(
    sent,
    endpoints.flatMap(({ body }) => body ?? []),
  );
  const nameFor = (name: string, side: Side): string =>
    side === 'input' && outside.has(name) && differing.has(name) ? `${name}.Input` : name;
  const components: Record<string, JsonObject> = {};
  const add = (schemas: Readonly<Record<string, JsonObject>>, used: Set<string>, side: Side): void => {
    for (const name of used) {
      const schema = mapReferences(schemas[name], (each) => nameFor(each, side));
      components[nameFor(name, side)] = schema as JsonObject;
    }
  };
  add(sent, inside, 'input');
  add(answered, outside, 'output');
  return {
    components: Object.fromEntries(Object.entries(components).sort(([a], [b]) => (a < b ? -1 : 1))),
    refOf(schema, side) {
      const name = names.get(schema);
      if (name === undefined) throw new Error('a schema of no endpoint');
      return { $ref: `${PREFIX}${nameFor(name, side)}` };
    },
  };
}

/** `personViewSchema` of `profileApi` is PersonView; where two rooms have the word, ProfilePersonView. */
function nameSchemas(endpoints: readonly Endpoint[]): Map<z.ZodType, string> {
  const names = new Map<z.ZodType, string>();
  const taken = new Set<string>();
  const add = (schema: unknown, room: string, name: string): void => {
    if (!(schema instanceof z.ZodType) || names.has(schema)) return;
    const short = capital(name.replace(/Schema$/, ''));
    const long = capital(room) + short;
    let chosen = taken.has(short) ? long : short;
    for (let number = 2; taken.has(chosen); number++) chosen = `${long}${number}`;
    taken.add(chosen);
    names.set(schema, chosen);
  };
  for (const [name, value] of Object.entries(contract)) add(value, '', name);
  for (const [name, room] of Object.entries(contract)) {
    if (!name.endsWith('Api')) continue;
    for (const [inner, value] of Object.entries(room)) add(value, name.slice(0, -'Api'.length), inner);
  }
  for (const { name, room, body, response } of endpoints) {
    add(body, room, `${name}Body`);
    add(response, room, `${name}Response`);
  }
  return names;
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

function generate(names: ReadonlyMap<z.ZodType, string>, io: Side): Record<string, JsonObject> {
  const registry = z.registry<{ id: string }>();
  for (const [schema, id] of names) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { io, unrepresentable: 'any', uri: (id) => `${PREFIX}${id}` });
  const { [SHARED]: shared, ...own } = schemas as unknown as Record<string, JsonObject>;
  // Recursive parts without a name of their own.
  const parts = (shared?.['$defs'] ?? {}) as Record<string, JsonObject>;
  const all = {
    ...own,
    ...Object.fromEntries(Object.entries(parts).map(([id, each]) => [partName(id), each])),
  };
  return Object.fromEntries(
    Object.entries(all).map(([name, { $schema: _dialect, $id: _address, id: _id, ...schema }]) => [
      name,
      mapReferences(schema, (each) => {
        const part = each.split('#/$defs/')[1];
        return part === undefined ? each : partName(part);
      }) as JsonObject,
    ]),
  );
}

const partName = (id: string): string => `Part${id.replace(/\D/g, '')}`;

/** Names whose schema, or any that it refers to, is not the same on both sides. */
function findDiffering(
  sent: Readonly<Record<string, JsonObject>>,
  answered: Readonly<Record<string, JsonObject>>,
): Set<string> {
  const differing = new Set(
    Object.keys(sent).filter((name) => JSON.stringify(sent[name]) !== JSON.stringify(answered[name])),
  );
  for (let before = -1; before !== differing.size;) {
    before = differing.size;
    for (const [name, schema] of Object.entries(sent)) {
      mapReferences(schema, (each) => (differing.has(each) && differing.add(name), each));
    }
  }
  return differing;
}

/** The same schema with the component that each reference names put through a function. */
function mapReferences(value: unknown, map: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((each) => mapReferences(each, map));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => {
      if (key === '$ref' && typeof each === 'string' && each.startsWith(PREFIX)) {
        return [key, PREFIX + map(each.slice(PREFIX.length))];
      }
      return [isForeignPattern(key, each) ? 'x-unicode-pattern' : key, mapReferences(each, map)];
    }),
  );
}

/** Patterns by Unicode property are not read by every tool that reads OpenAPI (Python's, for one). */
const isForeignPattern = (key: string, value: unknown): boolean =>
  key === 'pattern' && typeof value === 'string' && value.includes('\\p{');
