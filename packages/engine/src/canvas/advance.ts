import { assign } from '../decision/index.ts';
import type { EndReason, Enrolment, Visit } from './enrolment.ts';
import type { Program } from './program.ts';
import type { NodeOfKind } from '@wutong/contract';
import { waitEnd } from './wait-time.ts';

/** What the walk cannot know by itself. */
export type Question =
  | { readonly kind: 'branch'; readonly node: NodeOfKind<'branch'> }
  | { readonly kind: 'reserve'; readonly node: NodeOfKind<'send'> | NodeOfKind<'task'> };

/** The answer to the question the last step ended with. */
export type Answer =
  | { readonly kind: 'branch'; readonly label: string }
  /** `dueAt`: when the message goes at the earliest; waits count from then. */
  | { readonly kind: 'reserve'; readonly refused?: string | undefined; readonly dueAt?: number | undefined };

/** What a step came to: stands at a wait, at a question, or has ended. */
export interface Step {
  readonly enrolment: Enrolment;
  readonly visits: readonly Visit[];
  readonly question?: Question | undefined;
}

export interface Moment {
  readonly now: number;
  readonly bankZone: string;
}

/**
 * Moves one person as far as possible: through any number of nodes, up to a wait that is not over, a
 * question, or the end. Pure: the same document, enrolment, moment and answer give the same step.
 */
export function advance(program: Program, enrolment: Enrolment, moment: Moment, answer?: Answer): Step {
  const visits: Visit[] = [];
  let standing = enrolment;
  let given = answer;
  // Documents have no cycles: a walk passes each node once at most.
  for (let steps = 0; steps <= program.nodes.size; steps++) {
    const decided = decide(program, standing, moment, given);
    given = undefined;
    if (decided.kind === 'ask') return { enrolment: standing, visits, question: decided.question };
    if (decided.kind === 'wait') return { enrolment: { ...standing, dueAt: decided.until }, visits };
    visits.push({
      nodeId: standing.nodeId,
      arrivedAt: standing.arrivedAt,
      leftAt: moment.now,
      outcome: decided.outcome,
      detail: decided.detail,
    });
    if (decided.kind === 'end') {
      return { enrolment: ended({ ...standing, ...decided.changes }, decided.reason, moment.now), visits };
    }
    standing = { ...standing, ...decided.changes, nodeId: decided.to, arrivedAt: moment.now };
  }
  throw new Error(`strategy ${program.strategyId} version ${program.version} goes in a circle`);
}

/** The enrolment as it ends at `now`, where it stands. */
export function ended(enrolment: Enrolment, reason: EndReason, now: number): Enrolment {
  return { ...enrolment, isActive: false, dueAt: undefined, endedAt: now, endReason: reason };
}

type Changes = Partial<Pick<Enrolment, 'variants' | 'anchorAt'>>;
type Decided =
  | { kind: 'go'; to: string; outcome: string; detail?: string | undefined; changes?: Changes | undefined }
  | {
      kind: 'end';
      reason: EndReason;
      outcome: string;
      detail?: string | undefined;
      changes?: Changes | undefined;
    }
  | { kind: 'wait'; until: number }
  | { kind: 'ask'; question: Question };

function decide(program: Program, standing: Enrolment, moment: Moment, answer: Answer | undefined): Decided {
  const node = program.nodes.get(standing.nodeId)!;
  switch (node.kind) {
    case 'entry':
      return leave(program, node.id, 'next');
    case 'exit':
      return { kind: 'end', reason: 'exit', outcome: 'exit' };
    case 'holdout':
      return leave(program, node.id, standing.holdout ? 'holdout' : 'treated');
    case 'split':
      return drawBranch(program, standing, node);
    case 'branch':
      if (answer?.kind !== 'branch') return { kind: 'ask', question: { kind: 'branch', node } };
      return leave(program, node.id, answer.label);
    case 'send':
    case 'task':
      return passSend(program, standing, node, answer);
    case 'wait':
      return passWait(program, standing, node, moment);
  }
}

/** By the way out named `label`. Without such an edge the person has come to the end. */
function leave(
  program: Program,
  nodeId: string,
  label: string,
  more: { outcome?: string; detail?: string | undefined; changes?: Changes } = {},
): Decided {
  const to = program.next.get(nodeId)?.get(label);
  const outcome = more.outcome ?? label;
  const rest = { outcome, detail: more.detail, changes: more.changes };
  if (to !== undefined) return { kind: 'go', to, ...rest };
  return { kind: 'end', reason: label === 'holdout' ? 'holdout' : 'completed', ...rest };
}

function drawBranch(program: Program, standing: Enrolment, node: NodeOfKind<'split'>): Decided {
  const key = node.key ?? `${program.strategyId}:${node.id}`;
  const drawn = standing.variants[node.id];
  // A draw of a former entry holds as long as the branch still exists in this version.
  const kept = node.branches.some((branch) => branch.label === drawn) ? drawn : undefined;
  const label = kept ?? assign(key, String(standing.keyNumber), node.branches) ?? node.branches.at(-1)!.label;
  return leave(program, node.id, label, {
    changes: { variants: { ...standing.variants, [node.id]: label } },
  });
}

function passSend(
  program: Program,
  standing: Enrolment,
  node: NodeOfKind<'send'> | NodeOfKind<'task'>,
  answer: Answer | undefined,
): Decided {
  if (standing.already.includes(node.id)) return leave(program, node.id, 'next', { outcome: 'already_sent' });
  if (answer?.kind !== 'reserve') return { kind: 'ask', question: { kind: 'reserve', node } };
  if (answer.refused !== undefined) {
    const hasWay = program.next.get(node.id)?.has('refused') === true;
    return leave(program, node.id, hasWay ? 'refused' : 'next', {
      outcome: 'refused',
      detail: answer.refused,
    });
  }
  return leave(program, node.id, 'next', {
    outcome: 'reserved',
    changes: { anchorAt: Math.max(standing.anchorAt, answer.dueAt ?? 0) },
  });
}

function passWait(program: Program, standing: Enrolment, node: NodeOfKind<'wait'>, moment: Moment): Decided {
  const since = Math.max(standing.arrivedAt, standing.anchorAt);
  if (node.wait.type === 'event') {
    if (standing.heard.includes(node.id)) return leave(program, node.id, 'happened');
    const until = since + node.wait.timeoutMs;
    return until <= moment.now ? leave(program, node.id, 'timeout') : { kind: 'wait', until };
  }
  const until = waitEnd(node.wait, since, moment.bankZone);
  return until <= moment.now ? leave(program, node.id, 'next') : { kind: 'wait', until };
}
