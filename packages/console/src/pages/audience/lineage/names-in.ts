/** What a definition is made of: the events, details, attributes and relations it names. */
import type { EqlDocument } from '@wutong/contract';

export interface NamedPart {
  kind: 'event' | 'detail' | 'attribute';
  name: string;
}

/**
 * The names an expression uses, each once, in reading order. Fields inside an event or a related thing count as
 * that event or thing; only the subject's own attributes are told by themselves.
 */
export function namesIn(document: EqlDocument): NamedPart[] {
  const parts = new Map<string, NamedPart>();
  const note = (part: NamedPart) => parts.set(`${part.kind} ${part.name}`, part);
  const waiting: { node: unknown; own: boolean }[] = [{ node: document, own: true }];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { node, own } = next;
    if (typeof node !== 'object' || node === null) continue;
    const fields = node as Record<string, unknown>;
    const source = fields['kind'] === 'event' || (fields['kind'] === 'related' && 'name' in fields);
    if (fields['kind'] === 'event') note({ kind: 'event', name: String(fields['event']) });
    else if (source) note({ kind: 'detail', name: String(fields['name']) });
    if (own && fields['kind'] === 'attribute' && Array.isArray(fields['path'])) {
      note({ kind: 'attribute', name: String(fields['path'][0]) });
    }
    for (const value of Object.values(fields)) waiting.push({ node: value, own: own && !source });
  }
  return [...parts.values()];
}
