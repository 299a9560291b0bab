import { canvasApi } from '@wutong/contract';
import { CodedError, type Database, type HttpServer } from '../platform/index.ts';
import { requireVersion } from './manage-strategy.ts';
import { maySeePeople } from './may-see-people.ts';
import {
  entriesOfPerson,
  peopleOfVersion,
  peopleWaiting,
  peopleWhoLeft,
  stepsOfEntry,
  type PersonBehind,
} from './people-store.ts';
import type { RouteDependencies } from './route-dependencies.ts';
import { readStrategy } from './strategy-store.ts';

const iso = (ms: number): string => new Date(ms).toISOString();

/** Drill-down from numbers to people, and a person's own way. */
export function declarePeopleRoutes(server: HttpServer, of: RouteDependencies): void {
  const { database } = of.platform;

  server.handle(canvasApi.listStrategyPeople, async ({ params, query, user }) => {
    const version = await requireVersion(database, params.strategyId, params.version);
    const [maySee] = await maySeePeople(of.needs, [version.document.nodes], user);
    if (!maySee) throw new CodedError('names_not_shared');
    const { nodeId } = query;
    if (nodeId !== undefined && !version.document.nodes.some((node) => node.id === nodeId)) {
      throw new CodedError('strategy_node_not_found', { details: { nodeId } });
    }
    const people = await findPeople(database, { ...params, ...query, limit: query.limit + 1 });
    const page = people.slice(0, query.limit);
    return {
      items: page.map((person) => presentPerson(person, nodeId)),
      nextCursor: people.length > query.limit ? String(page.at(-1)!.entry) : undefined,
    };
  });

  server.handle(canvasApi.listPersonStrategies, async ({ params, user }) => {
    const entries = await entriesOfPerson(database, params.personId);
    const programs = await Promise.all(
      entries.map((each) => of.programs.of(database, each.strategyId, each.version)),
    );
    const maySee = await maySeePeople(
      of.needs,
      programs.map((program) => program.nodes.values()),
      user,
    );
    const items = [];
    for (const [index, person] of entries.entries()) {
      if (!maySee[index]) continue;
      const program = programs[index]!;
      const strategy = await readStrategy(database, person.strategyId);
      const nodeIds = [...program.nodes.keys()];
      const steps = await stepsOfEntry(database, { ...person, nodeIds });
      items.push({
        ...presentPerson(person, undefined),
        strategyId: person.strategyId,
        strategyName: strategy?.name ?? person.strategyId,
        steps: steps.map((step) => ({ ...step, arrivedAt: iso(step.arrivedAt), leftAt: iso(step.leftAt) })),
      });
    }
    return { items };
  });
}

interface PeopleQuery {
  readonly strategyId: string;
  readonly version: number;
  readonly nodeId?: string | undefined;
  readonly standing: 'any' | 'waiting' | 'left' | 'refused' | 'goal' | 'holdout';
  readonly outcome?: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** People of a node or of the whole version, in the order of entry. */
async function findPeople(database: Database, query: PeopleQuery): Promise<PersonBehind[]> {
  const page = {
    strategyId: query.strategyId,
    version: query.version,
    afterEntry: Number(query.cursor ?? 0) || 0,
    limit: query.limit,
  };
  if (query.nodeId === undefined) {
    const standing = { waiting: 'inside', left: 'ended', refused: 'any' } as const;
    return peopleOfVersion(database, {
      ...page,
      standing:
        query.standing === 'any' || query.standing === 'goal' || query.standing === 'holdout'
          ? query.standing
          : standing[query.standing],
    });
  }
  const nodeId = query.nodeId;
  if (query.standing === 'waiting') return peopleWaiting(database, { ...page, nodeId });
  const outcomes: Partial<Record<PeopleQuery['standing'], string>> = { refused: 'refused', goal: 'goal' };
  const outcome = query.outcome ?? outcomes[query.standing];
  const left = await peopleWhoLeft(database, { ...page, nodeId, outcome });
  if (query.standing !== 'any' || outcome !== undefined) return left;
  const waiting = await peopleWaiting(database, { ...page, nodeId });
  return [...left, ...waiting].sort((first, second) => first.entry - second.entry).slice(0, query.limit);
}

function presentPerson(person: PersonBehind, nodeId: string | undefined): canvasApi.EnrolledPerson {
  const { visit } = person;
  return {
    personId: person.personId,
    entry: person.entry,
    version: person.version,
    holdout: person.holdout,
    variants: person.variants,
    enteredAt: iso(person.enteredAt),
    endedAt: person.endedAt === undefined ? undefined : iso(person.endedAt),
    endReason: person.endReason,
    goalAt: person.goalAt === undefined ? undefined : iso(person.goalAt),
    standsAt: person.standsAt,
    nodeId,
    arrivedAt: visit && iso(visit.arrivedAt),
    leftAt: visit?.leftAt === undefined ? undefined : iso(visit.leftAt),
    outcome: visit?.outcome,
    detail: visit?.detail,
  };
}
