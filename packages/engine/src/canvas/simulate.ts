import { canonicalJson, checkStrategy, type StrategyDocument } from '@wutong/contract';
import type { Asker } from '../audience/index.ts';
import { bucketOf, type JudgeRequest } from '../decision/index.ts';
import { CodedError, type Platform } from '../platform/index.ts';
import { advance, type Answer, type Step } from './advance.ts';
import { answerBranches, sendPolicy, type Asking } from './answer-questions.ts';
import { conditionsOf } from './check-document.ts';
import { isHoldout } from './enrol-people.ts';
import type { Enrolment } from './enrolment.ts';
import type { Simulation } from './front-door.ts';
import type { CanvasNeeds } from './needs.ts';
import { compileProgram, type Program } from './program.ts';

const SIMULATED_ID = '$simulation';

interface SimulationInput {
  readonly document: StrategyDocument;
  readonly sample: number;
  /** Share of people for whom a waited event happens. */
  readonly eventRate: number;
  /** What the asker may not see is unknown in conditions; absent: the system. */
  readonly asker?: Asker;
}

interface Walker {
  step: Step;
  /** The walker's own time: waits pass at once. */
  now: number;
}

/**
 * Walks a random sample of the real audience through the document, with the real gate and the real
 * conditions as they are now, and scales the arrivals up. Writes and counts nothing. Caps that the strategy
 * itself would fill are not foreseen; waited events happen to `eventRate` of the people.
 * @throws CodedError strategy_has_findings, eql_invalid
 */
export async function simulateStrategy(
  platform: Pick<Platform, 'clickhouse' | 'clock' | 'config'>,
  needs: CanvasNeeds,
  input: SimulationInput,
): Promise<Simulation> {
  const started = performance.now();
  const errors = checkStrategy(input.document).filter(
    (each) => each.severity === 'error' && !each.code.startsWith('content'),
  );
  if (errors.length > 0) throw new CodedError('strategy_has_findings', { details: { findings: errors } });
  await requireConditions(needs, input);
  const program = compileProgram(SIMULATED_ID, 0, input.document);
  const people = await samplePeople(platform, needs, input);
  const counts = new SimulationCounts();
  const walkers = setOut(program, people.personIds, platform.clock.now(), platform.config.timeZone, counts);
  await walkAll(platform, needs, program, walkers, input.eventRate, counts);
  const audience = people.audience;
  const sampled = people.personIds.length;
  return {
    audience,
    sampled,
    nodes: program.document.nodes.map((node) => counts.of(node.id, sampled, audience ?? sampled)),
    tookMs: Math.round(performance.now() - started),
  };
}

/** @throws CodedError eql_invalid */
async function requireConditions(needs: CanvasNeeds, { document, asker }: SimulationInput): Promise<void> {
  if (!asker) return;
  for (const { eql } of document.nodes.flatMap(conditionsOf)) {
    const { problems } = await needs.audience.check({ text: eql }, { ...asker, runsLater: true });
    if (problems.length > 0) throw new CodedError('eql_invalid', { details: { problems } });
  }
}

/** The audience's size and a sample by hash; for event and API entries, a sample of everybody. */
async function samplePeople(
  platform: Pick<Platform, 'clickhouse'>,
  needs: CanvasNeeds,
  input: SimulationInput,
): Promise<{ audience: number | undefined; personIds: number[] }> {
  const source = input.document.nodes.find((node) => node.kind === 'entry')!.source;
  const text = source.type === 'audience' ? source.eql : 'person';
  const { sql, parameters } = await needs.audience.peopleSql({ text }, 'audience_');
  // One hash order for one document: the same simulation twice shows the same numbers.
  const seed = bucketOf('simulation', canonicalJson(input.document));
  const rows = await platform.clickhouse.query<{ person: number; total: number }>(
    `select tuple(people.*).1 as person, count() over () as total from (${sql}) as people
      order by cityHash64(person, {canvas_seed:UInt32}) limit {canvas_sample:UInt32}`,
    { ...parameters, canvas_seed: seed, canvas_sample: input.sample },
  );
  const audience = source.type === 'audience' ? (rows[0]?.total ?? 0) : undefined;
  return { audience, personIds: rows.map((row) => row.person) };
}

function setOut(
  program: Program,
  personIds: readonly number[],
  now: number,
  bankZone: string,
  counts: SimulationCounts,
): Walker[] {
  return personIds.map((personId, index) => {
    const enrolment: Enrolment = {
      entry: index + 1,
      strategyId: program.strategyId,
      version: program.version,
      personId,
      keyNumber: personId,
      isActive: true,
      nodeId: program.entry.id,
      arrivedAt: now,
      dueAt: now,
      anchorAt: now,
      heard: [],
      holdout: isHoldout(program, personId),
      variants: {},
      context: {},
      already: [],
      enteredAt: now,
      endedAt: undefined,
      endReason: undefined,
      goalUntilAt: undefined,
      goalAt: undefined,
    };
    const step = advance(program, enrolment, { now, bankZone });
    counts.add(step);
    return { step, now };
  });
}

/** Rounds of questions and waits until everybody has come to an end; a document has no cycles. */
async function walkAll(
  platform: Pick<Platform, 'config'>,
  needs: CanvasNeeds,
  program: Program,
  walkers: readonly Walker[],
  eventRate: number,
  counts: SimulationCounts,
): Promise<void> {
  const bankZone = platform.config.timeZone;
  let walking = walkers.filter((walker) => walker.step.enrolment.isActive);
  while (walking.length > 0) {
    const answers = await answerAll(needs, program, walking, counts);
    for (const [index, walker] of walking.entries()) {
      if (!walker.step.question) passWait(program, walker, eventRate);
      walker.step = advance(program, walker.step.enrolment, { now: walker.now, bankZone }, answers[index]);
      counts.add(walker.step);
    }
    walking = walking.filter((walker) => walker.step.enrolment.isActive);
  }
}

async function answerAll(
  needs: CanvasNeeds,
  program: Program,
  walking: readonly Walker[],
  counts: SimulationCounts,
): Promise<(Answer | undefined)[]> {
  const answers: Answer[] = [];
  const asking: Asking[] = walking.flatMap(({ step }, index) =>
    step.question ? [{ index, program, enrolment: step.enrolment, question: step.question }] : [],
  );
  // Conditions are asked as of now: nobody knows what people will have done by then.
  const now = Math.min(...walking.map((walker) => walker.now));
  await answerBranches(needs, asking, { now, bankZone: '' }, answers);
  const requests: JudgeRequest[] = [];
  const places: number[] = [];
  for (const each of asking) {
    if (each.question.kind !== 'reserve') continue;
    const node = each.question.node;
    requests.push({
      personId: each.enrolment.personId,
      channel: node.kind === 'task' ? 'task' : node.channel,
      purpose: program.document.policy.purpose,
      strategyId: program.strategyId,
      dueAt: walking[each.index]!.now,
      policy: sendPolicy(program.document, node),
    });
    places.push(each.index);
  }
  const verdicts = await needs.decision.foresee(requests);
  for (const [index, verdict] of verdicts.entries()) {
    const place = places[index]!;
    if (verdict.kind === 'refuse') {
      counts.addRefusal(walking[place]!.step.enrolment.nodeId, verdict.reason);
      answers[place] = { kind: 'reserve', refused: verdict.reason };
    } else {
      answers[place] = { kind: 'reserve', dueAt: verdict.kind === 'defer' ? verdict.until : undefined };
    }
  }
  return answers;
}

/** Lets a wait's time pass, or its event happen. */
function passWait(program: Program, walker: Walker, eventRate: number): void {
  const { enrolment } = walker.step;
  const node = program.nodes.get(enrolment.nodeId)!;
  const isHeard =
    node.kind === 'wait' &&
    node.wait.type === 'event' &&
    bucketOf(`simulation:${node.id}`, String(enrolment.personId)) < eventRate * 10_000;
  walker.now = Math.max(walker.now, enrolment.dueAt ?? walker.now);
  if (isHeard) {
    walker.step = { ...walker.step, enrolment: { ...enrolment, heard: [...enrolment.heard, node.id] } };
  }
}

class SimulationCounts {
  readonly #arrivals = new Map<string, number>();
  readonly #refusals = new Map<string, Record<string, number>>();

  /** Every node left, and the one stood at when the walk is over. */
  add(step: Step): void {
    for (const { nodeId } of step.visits) this.#arrivals.set(nodeId, (this.#arrivals.get(nodeId) ?? 0) + 1);
  }

  addRefusal(nodeId: string, reason: string): void {
    const reasons = this.#refusals.get(nodeId) ?? {};
    reasons[reason] = (reasons[reason] ?? 0) + 1;
    this.#refusals.set(nodeId, reasons);
  }

  /** Scaled from the sample to the audience, with Wilson's 95 % interval. */
  of(nodeId: string, sampled: number, audience: number): Simulation['nodes'][number] {
    const arrived = this.#arrivals.get(nodeId) ?? 0;
    const { low, high } = wilson(arrived, sampled);
    const isWhole = sampled >= audience;
    const scale = (share: number): number => Math.round(share * audience);
    const share = sampled === 0 ? 0 : arrived / sampled;
    const refused = Object.entries(this.#refusals.get(nodeId) ?? {}).map(
      ([reason, people]) => [reason, scale(people / sampled)] as const,
    );
    return {
      nodeId,
      expected: scale(share),
      low: isWhole ? scale(share) : scale(low),
      high: isWhole ? scale(share) : scale(high),
      refused: Object.fromEntries(refused),
    };
  }
}

/** Wilson's score interval of a share (Wilson 1927), at 95 %. */
function wilson(hits: number, trials: number): { low: number; high: number } {
  if (trials === 0) return { low: 0, high: 0 };
  const z = 1.959964;
  const share = hits / trials;
  const denominator = 1 + (z * z) / trials;
  const middle = (share + (z * z) / (2 * trials)) / denominator;
  const half =
    (z * Math.sqrt((share * (1 - share)) / trials + (z * z) / (4 * trials * trials))) / denominator;
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}
