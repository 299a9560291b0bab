import { endpointsByRoom, errorDefinitions, type Endpoint } from '@wutong/contract';

/** Every endpoint of the contract, by room. */
function endpointsOf(room: object): Endpoint[] {
  return Object.values(room).filter(
    (each): each is Endpoint =>
      typeof each === 'object' && each !== null && 'method' in each && 'path' in each,
  );
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/** docs/api.md: a table of all operations; shapes are in the OpenAPI document and at /api/docs. */
export function apiReference(): string {
  const rooms = new Map<string, Endpoint[]>();
  for (const endpoint of Object.values(endpointsByRoom).flatMap(endpointsOf)) {
    rooms.set(endpoint.room, [...(rooms.get(endpoint.room) ?? []), endpoint]);
  }
  const sections = [...rooms]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([room, endpoints]) => {
      const rows = endpoints
        .sort((a, b) => (a.path + a.method < b.path + b.method ? -1 : 1))
        .map(
          (each) =>
            `| \`${each.method} ${each.path}\` | ${cell(each.summary.zh)}<br>${cell(each.summary.en)} | \`${each.permission}\` | ${(each.errors ?? []).map((code) => `[${code}](errors.md#${code})`).join(' ')} |`,
        );
      return `## ${room}\n\n| operation | what | permission | errors |\n|---|---|---|---|\n${rows.join('\n')}`;
    });
  return `# API

Generated from the contract by \`npx tsx scripts/generate-reference.ts\`. A running server serves the shapes at \`/api/docs\` and as OpenAPI 3.1 at \`/api/openapi.json\`.

Authenticate with \`Authorization: Bearer TOKEN\` (an API token; \`WUTONG_ADMIN_TOKEN\` sets the administrator's) or the console's session cookie. Collection endpoints take a source's key instead. Times are ISO 8601 in UTC. Errors are RFC 9457 problem documents with a [registered code](errors.md). Pages are \`{items, nextCursor}\`.

${sections.join('\n\n')}
`;
}

/** docs/errors.md: every registered error. */
export function errorReference(): string {
  const rows = Object.entries(errorDefinitions)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([code, each]) =>
        `| <a id="${code}"></a>\`${code}\` | ${each.status} | ${cell(each.zh)}<br>${cell(each.en)} |`,
    );
  return `# Errors 错误码\n\nGenerated from the contract by \`npx tsx scripts/generate-reference.ts\`.\n\n| code | status | what to do |\n|---|---|---|\n${rows.join('\n')}\n`;
}
