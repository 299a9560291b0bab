import { endpointsByRoom, type Endpoint } from '@wutong/contract';
import { expect, test } from 'vitest';
import type { z } from 'zod';
import { askApi, consoleUnderTest } from './console-under-test.ts';

const server = consoleUnderTest();

const isEndpoint = (value: unknown): value is Endpoint =>
  typeof value === 'object' && value !== null && 'path' in value && 'method' in value;
const endpoints = Object.values(endpointsByRoom).flatMap((room) =>
  Object.values(room as Record<string, unknown>).filter(isEndpoint),
);
const paramsOf = (endpoint: Endpoint): Record<string, z.ZodType> =>
  (endpoint.params as z.ZodObject | undefined)?.shape ?? {};
const isList = ({ method, params, query }: Endpoint): boolean =>
  method === 'GET' && params === undefined && (query === undefined || query.safeParse({}).success);

/** Two rooms mean different things by them: a task of ingestion is none of a manager. */
const HOMONYMS = new Set(['taskId']);

/** Ids in an answer, by name. What begins with `$` is Wutong's own and no object of the API. */
function gatherIds(answer: unknown, found: Map<string, Set<string>>): void {
  if (Array.isArray(answer)) for (const each of answer) gatherIds(each, found);
  else if (typeof answer === 'object' && answer !== null) {
    for (const [name, value] of Object.entries(answer)) {
      if (!name.endsWith('Id') || typeof value === 'object') gatherIds(value, found);
      else if (!String(value).startsWith('$'))
        found.set(name, (found.get(name) ?? new Set()).add(String(value)));
    }
  }
}

async function importRow(sourceId: string): Promise<void> {
  const title = { zh: '编号', en: 'Ids' };
  const records = [{ record: 'person', keys: [{ type: 'customer_number', value: 'id' }] }];
  const mapping = { name: 'ids', title, sourceId, files: [{ file: 'ids.csv', records }] };
  const post = async (path: string, body: string, type: string): Promise<{ importId: string }> => {
    const headers = { authorization: `Bearer ${server!.token}`, 'content-type': type };
    const answer = await fetch(`${server!.url}/api/v1/imports${path}`, { method: 'POST', headers, body });
    expect(answer.status).toBe(200);
    return (await answer.json()) as { importId: string };
  };
  const { importId } = await post('', JSON.stringify({ mapping }), 'application/json');
  await post(`/${importId}/files?file=ids.csv`, 'id,mobile\nIDS-1,1\n', 'text/csv');
}

test.skipIf(!server)(
  'lists answer as they say, and every operation takes the ids that they give out',
  { timeout: 120_000 },
  async () => {
    await importRow('2024-ids');
    const everywhere = new Map<string, Set<string>>();
    const byRoom = new Map<string, Map<string, Set<string>>>();
    for (const { name, room, path, response } of endpoints.filter(isList)) {
      const answer = await askApi<unknown>(server!, path);
      expect(response.parse(answer), name).toEqual(answer);
      const ids = byRoom.get(room) ?? new Map<string, Set<string>>();
      byRoom.set(room, ids);
      gatherIds(answer, ids);
      gatherIds(answer, everywhere);
    }
    expect(everywhere.get('sourceId')).toContain('2024-ids');
    const refused: string[] = [];
    for (const endpoint of endpoints) {
      for (const [parameter, schema] of Object.entries(paramsOf(endpoint))) {
        const known = HOMONYMS.has(parameter) ? byRoom.get(endpoint.room) : everywhere;
        const ids = known?.get(parameter) ?? [];
        for (const id of ids)
          if (!schema.safeParse(id).success) refused.push(`${endpoint.name} ${parameter} ${id}`);
      }
    }
    expect(refused).toEqual([]);
  },
);
