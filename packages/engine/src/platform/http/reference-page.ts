import { errorDefinitions, type Endpoint } from '@wutong/contract';
import { openApiDocument } from './openapi.ts';

const escape = (text: unknown): string =>
  String(text).replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

const STYLE = `
  :root { color-scheme: light dark; --line: #d9ded9; --soft: #5c6b62; --accent: #2f6f4f; }
  body { margin: 0; font: 15px/1.6 system-ui, "PingFang SC", "Noto Sans CJK SC", sans-serif; }
  main { display: grid; grid-template-columns: 250px minmax(0, 1fr); }
  nav { position: sticky; top: 0; height: 100vh; overflow: auto; padding: 24px 16px; border-right: 1px solid var(--line); box-sizing: border-box; }
  nav a { display: block; color: inherit; text-decoration: none; font-size: 13px; padding: 2px 0; }
  nav b { display: block; margin-top: 16px; color: var(--accent); }
  article { padding: 24px 40px 120px; max-width: 900px; }
  section { border-top: 1px solid var(--line); padding: 20px 0; }
  code, pre { font: 13px/1.5 ui-monospace, Menlo, monospace; }
  pre { background: color-mix(in srgb, currentColor 6%, transparent); padding: 12px; overflow: auto; border-radius: 6px; max-height: 420px; }
  .method { font-weight: 600; color: var(--accent); margin-right: 8px; }
  .soft { color: var(--soft); } summary { cursor: pointer; }
  table { border-collapse: collapse; width: 100%; font-size: 14px; } td, th { text-align: left; padding: 6px 12px 6px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
  @media (max-width: 720px) { main { display: block; } nav { position: static; height: auto; border: 0; } article { padding: 16px; } }
`;

function page(title: string, body: string): string {
  return `<!doctype html><html lang="zh"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escape(title)}</title><style>${STYLE}</style>${body}</html>`;
}

/** The readable API reference, made from the same document as `/api/openapi.json`. */
export function referencePage(endpoints: readonly Endpoint[], version: string): string {
  const document = openApiDocument(endpoints, version) as {
    paths: Record<string, Record<string, Record<string, unknown>>>;
    components: { schemas: Record<string, unknown> };
  };
  const rooms = new Map<string, { html: string; links: string }>();
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const room = (operation['tags'] as string[])[0] ?? '';
      const id = operation['operationId'] as string;
      const parts = rooms.get(room) ?? { html: '', links: '' };
      parts.links += `<a href="#${id}">${escape(String(operation['summary']).split(' · ')[0])}</a>`;
      parts.html += renderOperation(method, path, operation);
      rooms.set(room, parts);
    }
  }
  const sorted = [...rooms].sort(([a], [b]) => a.localeCompare(b));
  return page(
    'Wutong API',
    `<main><nav><strong>梧桐 API ${escape(version)}</strong><a href="/api/openapi.json">OpenAPI 3.1</a><a href="/api/docs/errors">错误码 Errors</a>${sorted
      .map(([room, parts]) => `<b>${escape(room)}</b>${parts.links}`)
      .join(
        '',
      )}<b><a href="#schemas">数据结构 Schemas</a></b></nav><article><h1>Wutong API</h1><p>所有时间为 UTC 的 ISO 8601。认证：<code>Authorization: Bearer TOKEN</code>。错误：RFC 9457 problem+json，code 见<a href="/api/docs/errors">错误码</a>。<br>All times are ISO 8601 in UTC. Errors are RFC 9457 problem documents.</p>${sorted
      .map(([room, parts]) => `<h2>${escape(room)}</h2>${parts.html}`)
      .join(
        '',
      )}<h2 id="schemas">数据结构 Schemas</h2>${renderSchemas(document.components.schemas)}</article></main>`,
  );
}

/** A schema as text, each name of another one a link to it. */
const shown = (schema: unknown): string =>
  escape(JSON.stringify(schema, null, 2)).replace(
    /#\/components\/schemas\/([\w.]+)/g,
    (_, name: string) => `<a href="#schema-${name}">${name}</a>`,
  );

function renderSchemas(schemas: Readonly<Record<string, unknown>>): string {
  return Object.entries(schemas)
    .map(
      ([name, schema]) =>
        `<section id="schema-${escape(name)}"><h3><code>${escape(name)}</code></h3><pre>${shown(schema)}</pre></section>`,
    )
    .join('');
}

function renderOperation(method: string, path: string, operation: Record<string, unknown>): string {
  const schemaOf = (content: unknown): unknown =>
    Object.values((content as { content?: Record<string, { schema: unknown }> })?.content ?? {})[0]?.schema;
  const parameters = operation['parameters'] as {
    name: string;
    in: string;
    required: boolean;
    description?: string;
    schema: { type?: string };
  }[];
  const responses = operation['responses'] as Record<string, { description: string }>;
  const block = (title: string, schema: unknown): string =>
    schema ? `<p>${title}: <code>${shown(schema)}</code></p>` : '';
  return `<section id="${escape(operation['operationId'])}"><h3><span class="method">${method.toUpperCase()}</span><code>${escape(path)}</code></h3>
    <p>${escape(operation['summary'])}</p><p class="soft">${escape(operation['description']).replaceAll('`', '')}</p>
    ${parameters.length ? `<table><tr><th>参数</th><th>位置</th><th>类型</th><th>说明</th></tr>${parameters.map((each) => `<tr><td><code>${escape(each.name)}</code>${each.required ? ' *' : ''}</td><td>${each.in}</td><td>${escape(each.schema.type ?? '')}</td><td>${escape(each.description ?? '')}</td></tr>`).join('')}</table>` : ''}
    ${block('请求体 Request body', schemaOf(operation['requestBody']))}${block('返回 Response', schemaOf(responses['200']))}
    <p class="soft">${Object.entries(responses)
      .filter(([status]) => status !== '200')
      .map(([status, each]) => `${status}: ${escape(each.description)}`)
      .join(' · ')}</p></section>`;
}

/** Every registered error with its status and both sentences. */
export function errorsPage(): string {
  const rows = Object.entries(errorDefinitions)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(
      ([code, each]) =>
        `<tr id="${code}"><td><code>${code}</code></td><td>${each.status}</td><td>${escape(each.zh)}<br><span class="soft">${escape(each.en)}</span></td></tr>`,
    );
  return page('Wutong 错误码', `<article><h1>错误码 Errors</h1><table>${rows.join('')}</table></article>`);
}
