import type { Condition, EqlDocument } from '@wutong/contract';
import { CodedError } from '../../platform/index.ts';
import { ANY_EVENT } from './event-sql.ts';
import type { AnalysisNeeds } from './scope-sql.ts';

/** Names a question has of one event; properties that its conditions name. */
interface NamedEvent {
  readonly event: string;
  readonly property: string | undefined;
}

/**
 * Refuses a question that names an event, or a property of one, that was neither declared nor received: its answer would
 * be nothing, which a name written wrongly does not deserve. As EQL says it, with the name that may be meant.
 * @throws CodedError analysis_invalid
 */
export async function requireKnownEvents({ needs }: AnalysisNeeds, question: unknown): Promise<void> {
  for (const named of namedEvents(question)) {
    const { problems } = await needs.audience.check({ document: askedOf(named) });
    const problem = problems?.find(({ code }) => code === 'unknown_event' || code === 'unknown_property');
    if (!problem) continue;
    const { code, en, zh, suggestion } = problem;
    throw new CodedError('analysis_invalid', {
      details: {
        reason: code,
        ...named,
        problems: [{ code, en, zh, ...(suggestion ? { suggestion } : {}) }],
      },
    });
  }
}

/** Whether somebody did it, and has the property: a question that binds exactly when the names are known. */
function askedOf({ event, property }: NamedEvent): EqlDocument {
  const where: Condition | undefined =
    property === undefined
      ? undefined
      : { kind: 'missing', value: { kind: 'attribute', path: [property] }, negated: true };
  return {
    kind: 'population',
    of: 'person',
    where: { kind: 'did', source: { kind: 'event', event, ...(where ? { where } : {}) } },
  };
}

function namedEvents(question: unknown): NamedEvent[] {
  const found = new Map<string, NamedEvent>();
  const note = (event: string, property?: string): void => {
    if (event !== ANY_EVENT) found.set(JSON.stringify([event, property]), { event, property });
  };
  const waiting: unknown[] = [question];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    const { event, where } = next as { event?: unknown; where?: unknown };
    if (typeof event === 'string') {
      note(event);
      for (const { property } of Array.isArray(where) ? (where as { property?: unknown }[]) : []) {
        // Of what lies within a property nothing is declared.
        if (typeof property === 'string' && !property.includes('.')) note(event, property);
      }
    }
    waiting.push(...Object.values(next));
  }
  return [...found.values()];
}
