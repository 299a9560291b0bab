import type { Condition, EventSource, SequenceStep } from './document.ts';
import type { Cursor } from './cursor.ts';
import { parseEventSource } from './parse-source.ts';
import { parseWindow } from './parse-window.ts';
import type { Duration } from './window.ts';

type ReadCondition = (cursor: Cursor) => Condition;

/** Functions that give true or false. */
export const conditionCalls = ['did', 'sequence', 'consents', 'entered', 'left'] as const;

/** Whether a function that gives true or false begins here, or `in segment`. */
export function isConditionCall(cursor: Cursor): boolean {
  // Nothing else begins with `in`.
  if (cursor.sees('in')) return true;
  return cursor.seesAny(conditionCalls) && cursor.sees('(', 1);
}

/** Reads `did(…)`, `sequence(…)`, `consents(…)`, `entered(…)`, `left(…)` or `in segment …`. */
export function parseConditionCall(cursor: Cursor, condition: ReadCondition): Condition {
  if (cursor.take('in')) return { kind: 'inSegment', segment: segmentName(cursor) };
  const word = cursor.next().text.toLowerCase() as (typeof conditionCalls)[number];
  cursor.expect('(');
  const result = parseArguments(cursor, word, condition);
  cursor.expect(')');
  return result;
}

function parseArguments(
  cursor: Cursor,
  word: (typeof conditionCalls)[number],
  condition: ReadCondition,
): Condition {
  switch (word) {
    case 'did':
      return { kind: 'did', source: parseEventSource(cursor, condition) };
    case 'sequence':
      return parseSequence(cursor, condition);
    case 'consents': {
      const purpose = cursor.string();
      cursor.expect(',');
      return { kind: 'consents', purpose, channel: cursor.string() };
    }
    case 'entered':
    case 'left': {
      const segment = segmentName(cursor);
      cursor.expect('within');
      return { kind: 'changed', direction: word, segment, window: parseWindow(cursor) };
    }
  }
}

function segmentName(cursor: Cursor): string {
  if (!cursor.take('segment')) {
    const { kind, text } = cursor.peek();
    const name = kind === 'text' || !cursor.seesName() ? undefined : `segment ${text}`;
    cursor.fail(
      '“segment” and its name are expected here.',
      '此处应为 segment 及人群名称。',
      name ?? 'segment',
    );
  }
  const quoted = cursor.peek();
  if (quoted.kind === 'text') {
    const name = /^[\p{L}_][\p{L}\p{N}_]*$/u.test(quoted.text) ? quoted.text : `\`${quoted.text}\``;
    cursor.fail('A segment is named without quotes.', '人群名称不加引号。', name);
  }
  return cursor.name('a segment', '人群');
}

/** `event A within last 7 days then not event B within 24 hours same product_id` */
function parseSequence(cursor: Cursor, condition: ReadCondition): Condition {
  const steps: SequenceStep[] = [];
  do {
    const start = cursor.peek();
    const negated = cursor.take('not');
    let within: Duration | undefined;
    const source: EventSource = parseEventSource(cursor, condition, {
      within: (duration) => {
        within = duration;
      },
    });
    const step: SequenceStep = { source, ...(negated ? { negated } : {}), ...(within ? { within } : {}) };
    steps.push(cursor.mark(start, step));
  } while (cursor.take('then'));
  if (steps.length < 2)
    cursor.fail('“then” and another event are expected here.', '此处应为 then 及后续事件。', 'then');
  if (!cursor.take('same')) return { kind: 'sequence', steps };
  const same =
    cursor.peek().kind === 'parameter' ? `$${cursor.next().text}` : cursor.name('a property', '事件属性');
  return { kind: 'sequence', steps, same };
}
