import { errorDefinitions, problemSchema, type Endpoint } from '@wutong/contract';
import { z } from 'zod';
import { componentSchemas, type ComponentSchemas, type JsonObject } from './component-schemas.ts';

const jsonSchema = (schema: z.ZodType, io: 'input' | 'output'): JsonObject => {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as JsonObject;
  return rest;
};

/** Parameters of a path or query, one by one, as OpenAPI wants them. */
function parametersOf(schema: z.ZodType | undefined, place: 'path' | 'query'): JsonObject[] {
  if (!schema) return [];
  const object = jsonSchema(schema, 'input') as {
    properties?: Record<string, JsonObject>;
    required?: string[];
  };
  return Object.entries(object.properties ?? {}).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || (object.required?.includes(name) ?? false),
    schema: property,
    ...(property['description'] ? { description: property['description'] } : {}),
  }));
}

function operationOf(endpoint: Endpoint, schemas: ComponentSchemas): JsonObject {
  const problem = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
  const codes = [...new Set(['invalid_request', 'internal_error', ...(endpoint.errors ?? [])])];
  const byStatus = new Map<number, string[]>();
  for (const code of codes) {
    const definition = errorDefinitions[code as keyof typeof errorDefinitions];
    if (definition) byStatus.set(definition.status, [...(byStatus.get(definition.status) ?? []), code]);
  }
  return {
    operationId: endpoint.name,
    tags: [endpoint.room],
    summary: `${endpoint.summary.zh} · ${endpoint.summary.en}`,
    description: `Permission: \`${endpoint.permission}\``,
    parameters: [...parametersOf(endpoint.params, 'path'), ...parametersOf(endpoint.query, 'query')],
    ...(endpoint.body
      ? {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: schemas.refOf(endpoint.body, 'input') } },
          },
        }
      : {}),
    responses: {
      200: {
        description: 'OK',
        content: { 'application/json': { schema: schemas.refOf(endpoint.response, 'output') } },
      },
      ...Object.fromEntries(
        [...byStatus].map(([status, names]) => [status, { description: names.join(', '), content: problem }]),
      ),
    },
    ...(endpoint.permission === 'public' ? { security: [] } : {}),
  };
}

/** The OpenAPI 3.1 document of the endpoints, generated from the contract. */
export function openApiDocument(endpoints: readonly Endpoint[], version: string): JsonObject {
  const schemas = componentSchemas(endpoints);
  const paths: Record<string, JsonObject> = {};
  for (const endpoint of endpoints) {
    const path = endpoint.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operationOf(endpoint, schemas) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Wutong 梧桐',
      version,
      description:
        'Customer-marketing platform for banks. Times are ISO 8601 in UTC. Errors are RFC 9457 problem documents with a registered code.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    security: [{ token: [] }, { session: [] }],
    paths,
    components: {
      schemas: { ...schemas.components, Problem: jsonSchema(problemSchema, 'output') },
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: 'wutong_session' },
      },
    },
  };
}
