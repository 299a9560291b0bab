import type { Identity } from '../identity/index.ts';
import type { Ingest } from '../ingest/index.ts';
import { CodedError, type Platform, type RunningLoop } from '../platform/index.ts';
import type { Profile } from '../profile/index.ts';
import { awaitSources, type SourceReadinessPort } from './await-sources.ts';
import { noteWaiting } from './waiting-store.ts';
import { createShowSources } from './show-sources.ts';
import { whileComputing } from './compute-lock.ts';
import { computeLookalikes } from './compute-lookalike.ts';
import { computeSegments } from './compute-segments.ts';
import { computeTags } from './compute-tags.ts';
import { evaluateRules, evaluateTags } from './evaluate-rules.ts';
import { createExpressions } from './expressions.ts';
import { followIdentity } from './follow-identity.ts';
import type { Audience } from './front-door.ts';
import { createPersonLookup, type PersonDirectory } from './look-up-person.ts';
import { createMemberLookup } from './lookup-members.ts';
import { createManageSharing } from './manage-sharing.ts';
import { createSegments, type SegmentOptions } from './manage-segments.ts';
import { createTags } from './manage-tags.ts';
import { mayAsk } from './may-ask.ts';
import { countAnywhere, selectChanges, streamMembers } from './membership-store.ts';
import type { Scorers } from './person-scorer.ts';
import { prepareExpression } from './prepare-expression.ts';
import { createCatalogueReader } from './read-catalogue.ts';
import { readTagIds, readTagValues, tagGroups } from './read-tag-values.ts';
import { readTroubles } from './read-troubles.ts';
import { createRequireSources } from './require-sources.ts';
import { audienceRoutes } from './routes.ts';
import { proveNightly } from './prove-nightly.ts';
import { selectDueSegments, selectPresentRuns } from './segment-store.ts';
import { selectDueTags } from './tag-store.ts';
import { selectOpenToAll } from './sharing-store.ts';
import { replaceUses } from './usage-store.ts';

/** The earlier rooms the audience stands on. */
export interface AudienceNeeds {
  readonly profile: Pick<Profile, 'catalogue' | 'attributesOf'> & Partial<Pick<Profile, 'catchUp'>>;
  readonly identity: Pick<Identity, 'takePersonChanges'> & PersonDirectory;
  readonly ingest: {
    readonly plan: Pick<Ingest['plan'], 'list'>;
    /** Absent: schedules that wait for sources run at their time of day. */
    readonly sourceReadiness?: SourceReadinessPort;
  };
}

/** What an installation adds to the audience. */
export interface AudienceOptions extends SegmentOptions {
  /** Models outside that tags of the kind `model` may name. */
  readonly scorers?: Scorers | undefined;
}

const COMPUTE_INTERVAL_MS = 100;
const IDENTITY_INTERVAL_MS = 100;
const LOOKUP_INTERVAL_MS = 100;
const USE_INTERVAL_MS = 5_000;
const PROOF_INTERVAL_MS = 5_000;
const DUE_LIMIT = 256;

/** Makes the room. `start` runs the schedule, follows merges and splits, and keeps the look-up fresh. */
export function createAudience(
  platform: Platform,
  needs: AudienceNeeds,
  options: AudienceOptions = {},
): Audience {
  const { database, clickhouse, clock } = platform;
  const reader = createCatalogueReader(platform, {
    catalogue: () => needs.profile.catalogue(),
    plannedEvents: () => needs.ingest.plan.list(),
    catchUp: async (personIds) => needs.profile.catchUp?.(personIds),
  });
  const expressions = createExpressions(platform, reader);
  const segments = createSegments(platform, reader, {
    ...options,
    personsOf: needs.identity.personsOf,
  });
  const scorers = options.scorers ?? new Map();
  const tags = createTags(platform, reader, scorers, needs.identity.personsOf);
  const lookup = createMemberLookup(platform);
  const sharing = createManageSharing(platform, { segments, tags }, () => lookup.refresh());
  const personLookup = createPersonLookup({
    members: lookup,
    tagsOf: (personId) => tags.tagsOf(personId),
    evaluateRules: (personId) => evaluateRules({ platform, reader, personId }),
    evaluateTags: (personId) => evaluateTags({ platform, reader, personId }),
    directory: needs.identity,
  });
  const loops: RunningLoop[] = [];

  /** One round of the schedule; one process at a time computes. */
  async function computeDue(): Promise<boolean> {
    const now = clock.now();
    const due = async (): Promise<[number, number]> => {
      const [segmentRows, tagRows] = await Promise.all([
        selectDueSegments(database, now, DUE_LIMIT),
        selectDueTags(database, now, DUE_LIMIT),
      ]);
      const { sourceReadiness } = needs.ingest;
      const segmentsDue = await awaitSources(platform, sourceReadiness, segmentRows, now);
      const tagsDue = await awaitSources(platform, sourceReadiness, tagRows, now);
      await noteWaiting(database, 'segment', segmentsDue, (row) => row.segment_id);
      await noteWaiting(database, 'tag', tagsDue, (row) => row.tag_id);
      const lookalikes = segmentsDue.ready.filter((row) => row.kind === 'lookalike');
      const rules = segmentsDue.ready.filter((row) => row.kind !== 'lookalike');
      if (rules.length > 0) await computeSegments(platform, reader, rules, options);
      await computeLookalikes(platform, reader, lookalikes, options.lookalikeModel);
      if (tagsDue.ready.length > 0) await computeTags(platform, reader, tagsDue.ready, scorers);
      return [segmentRows.length, tagRows.length];
    };
    // Looked at without the lock first: most rounds find nothing to do.
    const [first] = await selectDueSegments(database, now, 1);
    const [firstTag] = first ? [] : await selectDueTags(database, now, 1);
    if (!first && !firstTag) return false;
    const done = await whileComputing(platform, { wait: false }, due);
    return done !== undefined && Math.max(...done) === DUE_LIMIT;
  }

  const audience: Audience = {
    ...expressions,
    async *segmentMembers(segmentId) {
      const { run } = await segments.get(segmentId);
      if (run > 0) yield* streamMembers(clickhouse, segmentId, run);
    },
    async segmentsOf(personId) {
      return (await lookup.segmentsOf(personId)).map((segment) => segment.segmentId);
    },
    computeSegments: (segmentIds) => segments.compute(segmentIds),
    async segmentWatermark(segmentId, asker) {
      const { run } = await segments.get(segmentId, asker);
      return { run, personId: Number.MAX_SAFE_INTEGER };
    },
    async segmentChanges(segmentId, after, limit) {
      const { run } = await segments.get(segmentId);
      return run < after.run ? [] : selectChanges(clickhouse, segmentId, after, run, limit);
    },
    async importSegment({ segmentId, name, owner, people }) {
      const definition = { description: '', folder: '', schedule: { every: 'manual' } } as const;
      const created = await segments.create(
        { ...definition, segmentId, name, kind: 'import', people },
        { userId: owner, permissions: new Set() },
      );
      return created.members ?? 0;
    },
    tagValues: (personIds, tagIds) => readTagValues(clickhouse, personIds, tagIds),
    tagGroups: (tagId, prefix, asker) => tagGroups(database, tagId, prefix, asker),
    tagIds: (asker) => readTagIds(database, asker),
    async totals() {
      const present = await selectPresentRuns(database);
      return {
        segments: present.length,
        people: await countAnywhere(clickhouse, present),
        provedWrong: present.filter((row) => row.proved_wrong_at !== null).length,
      };
    },
    troubles: readTroubles,
    async declareUses(transaction, user, used, asker) {
      const preparation = await reader.preparation(clock.now());
      const names = { segments: new Set<string>(), tags: new Set<string>() };
      for (const expression of used) {
        const prepared = prepareExpression(expression, preparation, asker && { ...asker, runsLater: true });
        if ('problems' in prepared) {
          throw new CodedError('eql_invalid', { details: { problems: prepared.problems } });
        }
        for (const segment of prepared.usedSegments) names.segments.add(segment);
        for (const tag of prepared.usedTags) names.tags.add(tag);
      }
      await replaceUses(transaction, user, names);
    },
    mayAsk: async (questions, asker) => mayAsk(questions, await reader.preparation(clock.now()), asker),
    openToAll: () => selectOpenToAll(database),
    routes: (server) =>
      audienceRoutes(server, {
        platform,
        audience,
        reader,
        segments,
        tags,
        sharing,
        personLookup,
        profile: needs.profile,
        showSources: createShowSources(platform, needs.ingest.sourceReadiness),
        requireSources: createRequireSources(needs.ingest.sourceReadiness, () => clock.now()),
      }),
    async start() {
      await lookup.refresh();
      const loop = (name: string, intervalMs: number, run: () => Promise<boolean>): void => {
        loops.push(platform.jobs.loop({ name: `audience.${name}`, intervalMs, run }));
      };
      if (platform.config.roles.has('worker')) {
        loop('compute', COMPUTE_INTERVAL_MS, computeDue);
        loop('proof', PROOF_INTERVAL_MS, async () => {
          await proveNightly(platform, reader, needs.identity);
          return false;
        });
        loop('identity', IDENTITY_INTERVAL_MS, () => followIdentity(platform, needs.identity));
      }
      loop('lookup', LOOKUP_INTERVAL_MS, async () => {
        await lookup.refresh();
        return false;
      });
      loop('usage', USE_INTERVAL_MS, async () => {
        await lookup.flushUse();
        return false;
      });
    },
    async stop() {
      for (const loop of loops.reverse()) await loop.stop();
      loops.length = 0;
      await lookup.flushUse().catch(() => undefined);
    },
  };
  return audience;
}
