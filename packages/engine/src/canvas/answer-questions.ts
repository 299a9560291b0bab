import type { NodeOfKind, StrategyDocument } from '@wutong/contract';
import type { SendPolicy } from '../decision/index.ts';
import type { Reservation } from '../hub/index.ts';
import type { Transaction } from '../platform/index.ts';
import type { Answer, Moment, Question } from './advance.ts';
import type { Enrolment } from './enrolment.ts';
import type { CanvasNeeds } from './needs.ts';
import type { Program } from './program.ts';

/** Somebody with a question; `index` is their place among the answers. */
export interface Asking {
  readonly index: number;
  readonly program: Program;
  readonly enrolment: Enrolment;
  readonly question: Question;
}

type SendNode = NodeOfKind<'send'> | NodeOfKind<'task'>;

/** Asks the audience room about each condition once, for all who stand before it and are not yet placed. */
export async function answerBranches(
  needs: Pick<CanvasNeeds, 'audience'>,
  asking: readonly Asking[],
  moment: Moment,
  answers: Answer[],
): Promise<void> {
  const byNode = new Map<NodeOfKind<'branch'>, Asking[]>();
  for (const each of asking) {
    if (each.question.kind !== 'branch') continue;
    const group = byNode.get(each.question.node) ?? [];
    group.push(each);
    byNode.set(each.question.node, group);
  }
  for (const [node, group] of byNode) {
    let open = group;
    for (const { label, eql } of node.branches) {
      if (open.length === 0) break;
      const personIds = [...new Set(open.map((each) => each.enrolment.personId))];
      const described = await needs.audience.evaluate({ text: eql }, personIds, moment.now);
      for (const each of open) {
        if (described.has(each.enrolment.personId)) answers[each.index] = { kind: 'branch', label };
      }
      open = open.filter((each) => !described.has(each.enrolment.personId));
    }
    for (const each of open) answers[each.index] = { kind: 'branch', label: 'otherwise' };
  }
}

/**
 * Reserves the messages of all who stand at a send or task, in the caller's transaction. Content that has
 * been withdrawn since the strategy was approved refuses its messages instead of holding everybody up.
 */
export async function answerSends(
  needs: Pick<CanvasNeeds, 'hub' | 'content'>,
  transaction: Transaction,
  asking: readonly Asking[],
  moment: Moment,
  answers: Answer[],
): Promise<void> {
  const reservations: Reservation[] = [];
  const places: number[] = [];
  const sendable = new Map<string, boolean>();
  for (const each of asking) {
    if (each.question.kind !== 'reserve') continue;
    const reservation = reservationOf(each.program, each.enrolment, each.question.node, moment);
    const key = reservation && `${reservation.contentId}\u001f${reservation.contentVersion}`;
    if (reservation && !sendable.has(key!)) {
      const version = await needs.content.version({
        contentId: reservation.contentId,
        version: reservation.contentVersion,
      });
      sendable.set(key!, version?.state === 'approved');
    }
    if (!reservation || !sendable.get(key!)) {
      answers[each.index] = { kind: 'reserve', refused: 'content_withdrawn' };
      continue;
    }
    reservations.push(reservation);
    places.push(each.index);
  }
  if (reservations.length === 0) return;
  const outcomes = await needs.hub.reserve(transaction, reservations);
  for (const [index, outcome] of outcomes.entries()) {
    answers[places[index]!] =
      outcome.state === 'suppressed'
        ? { kind: 'reserve', refused: outcome.reason ?? 'suppressed' }
        : { kind: 'reserve', dueAt: outcome.dueAt };
  }
}

/** The message a node wants to send to a person; undefined where the document names no content. */
export function reservationOf(
  program: Program,
  enrolment: Enrolment,
  node: SendNode,
  moment: Moment,
): Reservation | undefined {
  const variant = node.variantOf === undefined ? undefined : enrolment.variants[node.variantOf];
  const content = (variant !== undefined && node.contentByVariant?.[variant]) || node.content;
  if (!content || content.version === undefined) return undefined;
  return {
    strategyId: program.strategyId,
    strategyVersion: program.version,
    nodeId: node.id,
    personId: enrolment.personId,
    entry: enrolment.entry,
    channel: node.kind === 'task' ? 'task' : node.channel,
    purpose: program.document.policy.purpose,
    contentId: content.contentId,
    contentVersion: content.version,
    ...(variant === undefined ? {} : { contentVariant: variant }),
    ...(node.kind === 'send' && node.cascade ? { cascade: node.cascade } : {}),
    ...contextOf(enrolment, node),
    ...(node.expiresMs === undefined ? {} : { expiresAt: moment.now + node.expiresMs }),
    policy: sendPolicy(program.document, node),
  };
}

/** Values for the templates, and for tasks who is to do it and until when. */
function contextOf(enrolment: Enrolment, node: SendNode): { context?: Record<string, unknown> } {
  const context: Record<string, unknown> = { ...enrolment.context };
  if (node.kind === 'task') {
    context['task'] = {
      assignTo: node.assignTo,
      dueMs: node.dueMs,
      ...(node.pool === undefined ? {} : { pool: node.pool }),
    };
  }
  return Object.keys(context).length === 0 ? {} : { context };
}

/** What the strategy and the node add to the bank's policy. */
export function sendPolicy(document: StrategyDocument, node: SendNode): SendPolicy {
  const { policy } = document;
  const riskLevel = node.riskLevel ?? policy.riskLevel;
  return {
    priority: policy.priority,
    caps: policy.caps,
    ...(policy.quietHours ? { quietHours: policy.quietHours } : {}),
    ...(riskLevel ? { riskLevels: [riskLevel] } : {}),
    ...(policy.messageBudget === undefined ? {} : { messageBudget: policy.messageBudget }),
  };
}
