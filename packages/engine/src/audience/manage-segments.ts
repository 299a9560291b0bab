import { formatEql, type audienceApi, type EqlDocument } from '@wutong/contract';
import { CodedError, type Platform, type SeenPeople } from '../platform/index.ts';
import { streamMembersElsewhere } from './count-seen.ts';
import { whileComputing } from './compute-lock.ts';
import { publishRuns } from './compute-block.ts';
import {
  computeLookalikes,
  describeLookalike,
  prepareLookalike,
  type PreparedLookalike,
} from './compute-lookalike.ts';
import { computeSegments, type ComputeOptions } from './compute-segments.ts';
import type { Identity } from '../identity/index.ts';
import type { LookalikeModel } from './find-lookalikes.ts';
import type { Asker } from './asker.ts';
import type { Expression } from './front-door.ts';
import { DEFAULT_PRIORITY } from './manage-tags.ts';
import { clearUnfinished, writeImportedMembers } from './membership-store.ts';
import { requireExpression, type PreparedExpression } from './prepare-expression.ts';
import type { CatalogueReader } from './read-catalogue.ts';
import {
  beginRuns,
  insertSegment,
  insertSegmentVersion,
  selectRuns,
  selectSegments,
  selectVersions,
  setLookalike,
  setSegmentArchived,
  updateSegment,
  type SegmentRow,
} from './segment-store.ts';
import { pageDefinitions, type DefinitionPage } from './page-definitions.ts';
import { requireUsers } from './require-users.ts';
import { mayEdit, maySee } from './sharing.ts';
import { hideUnseen, namesOf, selectNamingUnseen, updateSharing, type ShownUse } from './sharing-store.ts';
import { replaceUses, selectUsed, selectUsers } from './usage-store.ts';

/** How segments are computed. */
export interface SegmentOptions extends ComputeOptions {
  /** Who finds lookalikes; the room's own model when absent. */
  readonly lookalikeModel?: LookalikeModel | undefined;
  /** Present persons of the ids that an import brings, unknown ones left out; absent: they are taken as they are. */
  readonly personsOf?: Identity['personsOf'] | undefined;
}

export type SegmentInput = {
  readonly name: string;
  readonly description: string;
  readonly folder: string;
  readonly schedule: audienceApi.Schedule;
  readonly priority?: number | undefined;
  readonly text?: string | undefined;
  readonly document?: EqlDocument | undefined;
  readonly lookalike?: audienceApi.Lookalike | undefined;
};

/** Segments: made, edited, archived, listed, computed on request. Times are epoch ms UTC. */
export interface Segments {
  /** @throws CodedError segment_exists, eql_invalid, segment_cycle */
  create(
    input: SegmentInput & {
      segmentId: string;
      kind: SegmentRow['kind'];
      sharing?: audienceApi.Sharing | undefined;
      people?: AsyncIterable<readonly number[]> | Iterable<readonly number[]> | undefined;
    },
    asker: Asker,
  ): Promise<SegmentRow>;
  /** @throws CodedError segment_not_found, not_editor, conflict, eql_invalid, segment_cycle */
  edit(segmentId: string, input: SegmentInput & { version: number }, asker: Asker): Promise<SegmentRow>;
  /**
   * Other members for an imported segment; members that are not `seen` stay.
   * @throws CodedError segment_not_found, not_editor, segment_not_imported
   */
  setMembers(
    segmentId: string,
    personIds: readonly number[],
    asker: Asker,
    seen?: SeenPeople,
  ): Promise<SegmentRow>;
  /** @throws CodedError segment_not_found, not_editor, segment_in_use */
  archive(segmentId: string, archived: boolean, asker: Asker): Promise<SegmentRow>;
  /** What an asker may not see is not found. @throws CodedError segment_not_found */
  get(segmentId: string, asker?: Asker): Promise<SegmentRow>;
  /** A page of those that the asker may see. @throws CodedError invalid_request */
  page(page: DefinitionPage): Promise<{ rows: SegmentRow[]; nextCursor?: string }>;
  /** Those of the given ones whose rule names what the asker may not see. */
  namingUnseen(ids: readonly string[], asker: Asker): Promise<Set<string>>;
  runs(segmentId: string, limit: number): ReturnType<typeof selectRuns>;
  versions(segmentId: string): ReturnType<typeof selectVersions>;
  /** What the asker may not see stands there without its name. */
  uses(segmentId: string, asker: Asker): Promise<ShownUse[]>;
  usedBy(segmentId: string, asker: Asker): Promise<ShownUse[]>;
  /** Computes now, sharing scans; resolves when the members are committed. @throws segment_not_found */
  compute(segmentIds: readonly string[]): Promise<void>;
}

export function createSegments(
  platform: Platform,
  reader: CatalogueReader,
  options: SegmentOptions = {},
): Segments {
  const { database, clock } = platform;

  async function get(segmentId: string, asker?: Asker): Promise<SegmentRow> {
    const [row] = await selectSegments(database, [segmentId]);
    if (!row || !maySee(asker, row)) throw new CodedError('segment_not_found', { details: { segmentId } });
    return row;
  }

  async function getToEdit(segmentId: string, asker: Asker): Promise<SegmentRow> {
    const row = await get(segmentId, asker);
    if (!mayEdit(asker, row)) throw new CodedError('not_editor', { details: { owner: row.owner } });
    return row;
  }

  async function compute(segmentIds: readonly string[]): Promise<void> {
    await whileComputing(platform, { wait: true }, async () => {
      const rows = await selectSegments(database, segmentIds);
      const missing = segmentIds.find((id) => !rows.some((row) => row.segment_id === id));
      if (missing !== undefined)
        throw new CodedError('segment_not_found', { details: { segmentId: missing } });
      const lookalikes = rows.filter((row) => row.kind === 'lookalike');
      await computeLookalikes(platform, reader, lookalikes, options.lookalikeModel);
      const others = rows.filter((row) => row.kind !== 'lookalike');
      await computeSegments(platform, reader, others, options);
    });
  }

  async function* presentOf(
    people: AsyncIterable<readonly number[]> | Iterable<readonly number[]>,
  ): AsyncGenerator<readonly number[]> {
    for await (const block of people) {
      yield options.personsOf ? [...new Set((await options.personsOf(block)).values())] : block;
    }
  }

  async function importMembers(
    segmentId: string,
    people: AsyncIterable<readonly number[]> | Iterable<readonly number[]>,
  ): Promise<void> {
    await whileComputing(platform, { wait: true }, async () => {
      const startedAt = performance.now();
      const runs = await beginRuns(database, [segmentId]);
      await clearUnfinished(platform.clickhouse, runs);
      for (const run of runs) await writeImportedMembers(platform.clickhouse, run, presentOf(people));
      await publishRuns(platform, runs, {
        at: clock.now(),
        kind: 'import',
        startedAt,
        dueAt: () => undefined,
      });
    });
  }

  return {
    async create(input, asker) {
      const at = clock.now();
      const prepared = await prepareKind(at, input.kind, input.segmentId, input, asker);
      const { lookalike, sharing } = input;
      if (sharing) await requireUsers(platform, [...sharing.sharedWithUsers, ...sharing.editors]);
      const created = await database.transaction(async (transaction) => {
        const inserted = await insertSegment(transaction, {
          ...definitionOf(input, prepared),
          segmentId: input.segmentId,
          kind: input.kind,
          owner: asker.userId,
          at,
          // Computed at once by the caller; the loop takes over from there, also when the caller dies.
          dueAt: input.kind === 'import' ? undefined : at,
        });
        if (!inserted) return false;
        if (sharing) await updateSharing(transaction, { kind: 'segment', id: input.segmentId }, sharing, at);
        if (input.kind === 'lookalike' && lookalike)
          await setLookalike(transaction, input.segmentId, lookalike);
        await declareOwnUses(transaction, input.segmentId, input.name, prepared);
        await platform.audit.record(transaction, {
          actor: asker.userId,
          action: 'segment.create',
          object: input.segmentId,
        });
        return true;
      });
      if (!created) throw new CodedError('segment_exists', { details: { segmentId: input.segmentId } });
      if (input.kind === 'import') await importMembers(input.segmentId, input.people ?? []);
      else await compute([input.segmentId]);
      return get(input.segmentId);
    },

    async edit(segmentId, input, asker) {
      const at = clock.now();
      const before = await getToEdit(segmentId, asker);
      const isComputed = before.kind === 'rule' || before.kind === 'lookalike';
      const lookalike =
        before.kind === 'lookalike' ? (input.lookalike ?? before.lookalike ?? undefined) : undefined;
      const given = { ...input, lookalike };
      const prepared = isComputed ? await prepareKind(at, before.kind, segmentId, given, asker) : undefined;
      const done = await database.transaction(async (transaction) => {
        const definition = isComputed
          ? definitionOf(given, prepared)
          : {
              ...definitionOf(input, undefined),
              body: before.body ?? undefined,
              document: before.document ?? undefined,
            };
        const updated = await updateSegment(transaction, {
          ...definition,
          segmentId,
          version: input.version,
          at,
          dueAt: isComputed ? at : undefined,
        });
        if (!updated) return false;
        await insertSegmentVersion(transaction, {
          ...definition,
          segmentId,
          version: input.version + 1,
          editedBy: asker.userId,
          at,
        });
        if (lookalike) await setLookalike(transaction, segmentId, lookalike);
        if (isComputed) await declareOwnUses(transaction, segmentId, input.name, prepared);
        await platform.audit.record(transaction, {
          actor: asker.userId,
          action: 'segment.edit',
          object: segmentId,
          detail: { version: input.version + 1 },
        });
        return true;
      });
      if (!done) throw new CodedError('conflict', { details: { segmentId, newest: before.version } });
      if (isComputed) await compute([segmentId]);
      return get(segmentId);
    },

    async setMembers(segmentId, personIds, asker, seen) {
      const { kind } = await getToEdit(segmentId, asker);
      if (kind !== 'import') throw new CodedError('segment_not_imported', { details: { segmentId } });
      // Before the members, as when a segment is made: no change may be without its line in the audit.
      await database.transaction((transaction) =>
        platform.audit.record(transaction, {
          actor: asker.userId,
          action: 'segment.import',
          object: segmentId,
          detail: { given: personIds.length },
        }),
      );
      // Asked for under the lock of the import: the present run is then the last one.
      async function* given(): AsyncGenerator<readonly number[]> {
        yield personIds;
        const before = await get(segmentId);
        if (seen && before.run > 0) yield* streamMembersElsewhere(seen, before);
      }
      await importMembers(segmentId, given());
      return get(segmentId);
    },

    async archive(segmentId, archived, asker) {
      await getToEdit(segmentId, asker);
      const users = archived ? await selectUsers(database, 'segment', segmentId) : [];
      if (users.length > 0) {
        throw new CodedError('segment_in_use', {
          details: { usedBy: await namesOf(database, asker, users) },
        });
      }
      await database.transaction(async (transaction) => {
        await setSegmentArchived(transaction, segmentId, archived, clock.now());
        await platform.audit.record(transaction, {
          actor: asker.userId,
          action: archived ? 'segment.archive' : 'segment.restore',
          object: segmentId,
        });
      });
      return get(segmentId);
    },

    get,
    page: (page) => pageDefinitions(database, 'segment', page),
    namingUnseen: (ids, asker) => selectNamingUnseen(database, asker, 'segment', ids),
    runs: (segmentId, limit) => selectRuns(database, segmentId, limit),
    versions: (segmentId) => selectVersions(database, segmentId),
    uses: async (segmentId, asker) =>
      hideUnseen(database, asker, await selectUsed(database, 'segment', segmentId)),
    usedBy: async (segmentId, asker) =>
      hideUnseen(database, asker, await selectUsers(database, 'segment', segmentId)),
    compute,
  };

  /** What a segment of a kind is made of, bound; undefined for members that are given. */
  async function prepareKind(
    at: number,
    kind: SegmentRow['kind'],
    segmentId: string,
    input: SegmentInput,
    asker: Asker,
  ): Promise<PreparedExpression | PreparedLookalike | undefined> {
    if (kind === 'import') return undefined;
    if (kind !== 'lookalike') return prepareRule(reader, at, segmentId, input, asker);
    if (!input.lookalike) throw new CodedError('lookalike_missing');
    if (input.lookalike.seed === segmentId) {
      throw new CodedError('segment_cycle', { details: { segmentId } });
    }
    return prepareLookalike(input.lookalike, await reader.preparation(at), asker);
  }

  function declareOwnUses(
    transaction: Parameters<typeof replaceUses>[0],
    segmentId: string,
    name: string,
    prepared: Pick<PreparedExpression, 'usedSegments' | 'usedTags'> | undefined,
  ): Promise<void> {
    return replaceUses(
      transaction,
      { kind: 'segment', id: segmentId, name },
      { segments: prepared?.usedSegments ?? [], tags: prepared?.usedTags ?? [] },
    );
  }
}

/** The rule, bound as if it were already saved, so that a circle through other segments is found now. */
async function prepareRule(
  reader: CatalogueReader,
  now: number,
  segmentId: string,
  input: Expression,
  asker: Asker,
): Promise<PreparedExpression> {
  const preparation = await reader.preparation(now);
  const prepared = requireExpression(input, preparation, asker);
  if (prepared.query.kind !== 'population' || prepared.query.subject.kind !== 'person') {
    throw new CodedError('eql_invalid', {
      details: {
        problems: [
          {
            code: 'not_allowed_here',
            en: 'A segment is a population of people: person where …',
            zh: '人群须以自然人为总体：person where …',
          },
        ],
      },
    });
  }
  const others = preparation.catalogue.segments.filter((segment) => segment.segmentId !== segmentId);
  const self = { segmentId, name: segmentId, document: prepared.document, run: 0 };
  const saved = { ...preparation, catalogue: { ...preparation.catalogue, segments: [...others, self] } };
  try {
    requireExpression({ text: `person where in segment \`${segmentId}\`` }, saved);
  } catch (error) {
    const problems = (error as CodedError).details?.['problems'] as { code: string }[] | undefined;
    if (problems?.some((problem) => problem.code === 'cycle')) {
      throw new CodedError('segment_cycle', { details: { problems } });
    }
    throw error;
  }
  return prepared;
}

function definitionOf(
  input: SegmentInput,
  prepared: PreparedExpression | PreparedLookalike | undefined,
): {
  name: string;
  description: string;
  folder: string;
  schedule: audienceApi.Schedule;
  priority: number;
  body: string | undefined;
  document: EqlDocument | undefined;
} {
  return {
    name: input.name,
    description: input.description,
    folder: input.folder,
    schedule: input.schedule,
    priority: input.priority ?? DEFAULT_PRIORITY,
    // What people wrote, comments included; the canonical text where the builder made a document.
    ...bodyOf(input, prepared),
  };
}

function bodyOf(
  input: SegmentInput,
  prepared: PreparedExpression | PreparedLookalike | undefined,
): { body: string | undefined; document: EqlDocument | undefined } {
  if (prepared && 'document' in prepared) {
    return { body: input.text ?? formatEql(prepared.document), document: prepared.document };
  }
  return { body: input.lookalike && describeLookalike(input.lookalike), document: undefined };
}
