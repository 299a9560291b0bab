/** An expression being written: its two faces, and the way back. */
import { formatEql, parseEql, type EqlDocument, type EqlProblem } from '@wutong/contract';
import { completedRule } from './completed.ts';

/** One state of the expression. The text stays as it was typed until the rule is edited. */
export interface Written {
  text: string;
  /** Absent while the text cannot be read. */
  document?: EqlDocument | undefined;
  problem?: EqlProblem | undefined;
}

export interface Draft {
  past: readonly Written[];
  present: Written;
  future: readonly Written[];
  /** When the present was last changed, and how: quick changes of one kind are one step back. */
  changedAt: number;
  changedBy: 'text' | 'rule' | undefined;
}

/** Changes that follow one another within this time are undone together, in milliseconds. */
const ONE_STEP_MS = 900;
/** How many steps back are kept. */
const MOST_STEPS = 200;

/** Reads a text; an empty one is the beginning of a rule about people. */
export function readText(text: string): Written {
  if (text.trim() === '') return { text, document: { kind: 'population', of: 'person' } };
  const parsed = parseEql(text);
  return parsed.document ? { text, document: parsed.document } : { text, problem: parsed.problem };
}

/**
 * Writes a rule. The text has its finished conditions only, so that it can always be read; comments above the
 * expression stay, those inside it have no place in a rule.
 */
export function writeRule(document: EqlDocument, formerText: string): Written {
  return { document, text: commentsAbove(formerText) + formatEql(completedRule(document).document) };
}

function commentsAbove(text: string): string {
  const lines = text.split('\n');
  const end = lines.findIndex((line) => !/^\s*(--.*)?$/.test(line));
  const above = lines.slice(0, Math.max(0, end)).filter((line) => line.trim() !== '');
  return above.map((line) => `${line}\n`).join('');
}

/** Whether editing the rule would drop a comment of the text. */
export function hasInnerComment(text: string): boolean {
  return text
    .slice(commentsAbove(text).length)
    .split('\n')
    .some((line) => line.replaceAll(/'(?:[^']|'')*'/g, '').includes('--'));
}

export const beginDraft = (text: string): Draft => ({
  past: [],
  present: readText(text),
  future: [],
  changedAt: 0,
  changedBy: undefined,
});

/** The draft after a change at `now` (epoch ms). */
export function changeDraft(draft: Draft, present: Written, changedBy: 'text' | 'rule', now: number): Draft {
  // The same text may stand for a rule with conditions still to be filled in; typing nothing changes nothing.
  if (present.text === draft.present.text && changedBy === 'text') return draft;
  const goesOn = draft.changedBy === changedBy && now - draft.changedAt < ONE_STEP_MS;
  const past = goesOn ? draft.past : [...draft.past, draft.present].slice(-MOST_STEPS);
  return { past, present, future: [], changedAt: now, changedBy };
}

/** One step back; the same draft when there is none. */
export function undoDraft(draft: Draft): Draft {
  const present = draft.past.at(-1);
  if (!present) return draft;
  return {
    past: draft.past.slice(0, -1),
    present,
    future: [draft.present, ...draft.future],
    changedAt: 0,
    changedBy: undefined,
  };
}

/** One step forward again. */
export function redoDraft(draft: Draft): Draft {
  const [present, ...future] = draft.future;
  if (!present) return draft;
  return { past: [...draft.past, draft.present], present, future, changedAt: 0, changedBy: undefined };
}
