import { formatEql, type audienceApi, type EqlDocument } from '@wutong/contract';
import { CodedError, type Platform } from '../platform/index.ts';
import type { EqlType } from './bind/bound.ts';
import { checkTagValues } from './check-tag-values.ts';
import { whileComputing } from './compute-lock.ts';
import { chooseKnownPeople, type SetValues } from './choose-known-people.ts';
import type { Identity } from '../identity/index.ts';
import { computeTags } from './compute-tags.ts';
import type { Asker } from './asker.ts';
import { freshForMs, type Scorers } from './person-scorer.ts';
import { requireExpression, type PreparedExpression } from './prepare-expression.ts';
import type { CatalogueReader } from './read-catalogue.ts';
import { checkTagSql } from './sql-tag.ts';
import { createTagLookup, type HeldPersonTag } from './look-up-tags.ts';
import {
  beginTagRuns,
  finishTagRun,
  insertTag,
  selectTagRuns,
  selectTags,
  selectTagVersions,
  setTagArchived,
  updateTag,
  type TagRow,
} from './tag-store.ts';
import { countPeopleOfTags, selectFrequentValues, setTagValues } from './tag-value-store.ts';
import { pageDefinitions, type DefinitionPage } from './page-definitions.ts';
import { requireUsers } from './require-users.ts';
import { mayEdit, maySee } from './sharing.ts';
import { hideUnseen, namesOf, selectNamingUnseen, updateSharing, type ShownUse } from './sharing-store.ts';
import { replaceUses, selectUsed, selectUsers } from './usage-store.ts';

/** Between the first and the last. */
export const DEFAULT_PRIORITY = 5;

export interface TagInput {
  readonly tagId: string;
  readonly name: string;
  readonly description: string;
  readonly folder: string;
  readonly kind: TagRow['kind'];
  readonly schedule: audienceApi.Schedule;
  readonly priority?: number | undefined;
  readonly text?: string | undefined;
  readonly document?: EqlDocument | undefined;
  readonly valueType: EqlType;
  readonly model?: audienceApi.TagModel | undefined;
  readonly sharing?: audienceApi.Sharing | undefined;
}

/** Tags: made, archived, listed, computed or set. Times are epoch ms UTC. */
export interface Tags {
  /** @throws CodedError tag_exists, eql_invalid, tag_sql_refused */
  create(input: TagInput, asker: Asker): Promise<TagRow>;
  /** @throws CodedError tag_not_found, not_editor, conflict, eql_invalid, tag_sql_refused, tag_type_in_use */
  edit(
    tagId: string,
    input: Omit<TagInput, 'tagId' | 'kind' | 'valueType'> & { version: number },
    asker: Asker,
  ): Promise<TagRow>;
  versions(tagId: string): ReturnType<typeof selectTagVersions>;
  /** @throws CodedError tag_not_found, not_editor, tag_in_use */
  archive(tagId: string, archived: boolean, asker: Asker): Promise<TagRow>;
  /** What an asker may not see is not found. @throws CodedError tag_not_found */
  get(tagId: string, asker?: Asker): Promise<TagRow>;
  /** A page of those that the asker may see. @throws CodedError invalid_request */
  page(page: DefinitionPage): Promise<{ rows: TagRow[]; nextCursor?: string }>;
  /** Those of the given ones whose rule names what the asker may not see. */
  namingUnseen(ids: readonly string[], asker: Asker): Promise<Set<string>>;
  runs(tagId: string): ReturnType<typeof selectTagRuns>;
  frequentValues(tagId: string): ReturnType<typeof selectFrequentValues>;
  /** What the asker may not see stands there without its name. */
  uses(tagId: string, asker: Asker): Promise<ShownUse[]>;
  usedBy(tagId: string, asker: Asker): Promise<ShownUse[]>;
  /** @throws CodedError tag_not_found */
  compute(tagIds: readonly string[]): Promise<void>;
  /** Sets values given from outside; people that nobody knows are refused row by row. @throws CodedError tag_not_found, not_editor, tag_not_settable, tag_value_invalid */
  setValues(
    tagId: string,
    values: readonly { personId: number; values: readonly string[] }[],
    asker: Asker,
    modelVersion?: string,
  ): Promise<SetValues>;
  /** Values of a person's tags, as texts. */
  tagsOf(personId: number): Promise<HeldPersonTag[]>;
}

export function createTags(
  platform: Platform,
  reader: CatalogueReader,
  scorers: Scorers = new Map(),
  personsOf?: Identity['personsOf'],
): Tags {
  const { database, clickhouse, clock } = platform;

  async function get(tagId: string, asker?: Asker): Promise<TagRow> {
    const [row] = await selectTags(database, [tagId]);
    if (!row || !maySee(asker, row)) throw new CodedError('tag_not_found', { details: { tagId } });
    return row;
  }

  async function getToEdit(tagId: string, asker: Asker): Promise<TagRow> {
    const row = await get(tagId, asker);
    if (!mayEdit(asker, row)) throw new CodedError('not_editor', { details: { owner: row.owner } });
    return row;
  }

  async function compute(tagIds: readonly string[]): Promise<void> {
    await whileComputing(platform, { wait: true }, async () => {
      const rows = await selectTags(database, tagIds);
      const missing = tagIds.find((id) => !rows.some((row) => row.tag_id === id));
      if (missing !== undefined) throw new CodedError('tag_not_found', { details: { tagId: missing } });
      await computeTags(platform, reader, rows, scorers);
    });
  }

  async function requireUnused(
    tagId: string,
    code: 'tag_in_use' | 'tag_type_in_use',
    asker: Asker,
  ): Promise<void> {
    const users = await selectUsers(database, 'tag', tagId);
    if (users.length === 0) return;
    throw new CodedError(code, { details: { usedBy: await namesOf(database, asker, users) } });
  }

  function requireScorer(model: audienceApi.TagModel | undefined): void {
    if (model?.scorer === undefined || scorers.has(model.scorer)) return;
    throw new CodedError('tag_scorer_unknown', { details: { known: [...scorers.keys()] } });
  }

  const checkSql = async (text: string): Promise<string> =>
    checkTagSql(platform, (await reader.catalogue()).model, text);

  return {
    async create(input, asker) {
      const at = clock.now();
      const { sharing } = input;
      if (sharing) await requireUsers(platform, [...sharing.sharedWithUsers, ...sharing.editors]);
      const prepared = input.kind === 'rule' ? await prepareValue(reader, at, input, asker) : undefined;
      if (input.kind === 'sql') await checkSql(input.text ?? '');
      const model = input.kind === 'model' ? (input.model ?? DEFAULT_MODEL) : undefined;
      requireScorer(model);
      const isComputed = hasComputation(input.kind, model);
      const valueType = prepared?.query.kind === 'value' ? prepared.query.value.type : input.valueType;
      const created = await database.transaction(async (transaction) => {
        const inserted = await insertTag(transaction, {
          ...input,
          model,
          valueType,
          body: prepared ? (input.text ?? formatEql(prepared.document)) : input.text,
          document: prepared?.document,
          priority: input.priority ?? DEFAULT_PRIORITY,
          owner: asker.userId,
          at,
          dueAt: isComputed ? at : undefined,
        });
        if (!inserted) return false;
        if (sharing) await updateSharing(transaction, { kind: 'tag', id: input.tagId }, sharing, at);
        const used = { segments: prepared?.usedSegments ?? [], tags: prepared?.usedTags ?? [] };
        await replaceUses(transaction, { kind: 'tag', id: input.tagId, name: input.name }, used);
        const entry = { actor: asker.userId, action: 'tag.create', object: input.tagId };
        await platform.audit.record(transaction, entry);
        return true;
      });
      if (!created) throw new CodedError('tag_exists', { details: { tagId: input.tagId } });
      if (isComputed) await compute([input.tagId]);
      return get(input.tagId);
    },

    async edit(tagId, input, asker) {
      const at = clock.now();
      const before = await getToEdit(tagId, asker);
      const model = before.kind === 'model' ? (input.model ?? before.model ?? DEFAULT_MODEL) : undefined;
      requireScorer(model);
      const isComputed = hasComputation(before.kind, model);
      const prepared =
        before.kind === 'rule' ? await prepareValue(reader, at, { ...input, tagId }, asker) : undefined;
      if (before.kind === 'sql') await checkSql(input.text ?? '');
      const valueType = prepared?.query.kind === 'value' ? prepared.query.value.type : before.value_type;
      if (valueType !== before.value_type) await requireUnused(tagId, 'tag_type_in_use', asker);
      const body = prepared ? (input.text ?? formatEql(prepared.document)) : input.text;
      const isSaved = await database.transaction(async (transaction) => {
        const updated = await updateTag(transaction, {
          ...input,
          model,
          tagId,
          valueType,
          body: before.kind === 'rule' || before.kind === 'sql' ? body : (before.body ?? undefined),
          document: prepared?.document,
          priority: input.priority ?? DEFAULT_PRIORITY,
          at,
          dueAt: isComputed || before.kind === 'model' ? at : undefined,
          editedBy: asker.userId,
        });
        if (!updated) return false;
        const used = { segments: prepared?.usedSegments ?? [], tags: prepared?.usedTags ?? [] };
        await replaceUses(transaction, { kind: 'tag', id: tagId, name: input.name }, used);
        const detail = { version: input.version + 1 };
        await platform.audit.record(transaction, {
          actor: asker.userId,
          action: 'tag.edit',
          object: tagId,
          detail,
        });
        return true;
      });
      if (!isSaved) throw new CodedError('conflict', { details: { tagId, newest: before.version } });
      if (isComputed) await compute([tagId]);
      return get(tagId);
    },

    async archive(tagId, archived, asker) {
      await getToEdit(tagId, asker);
      if (archived) await requireUnused(tagId, 'tag_in_use', asker);
      await database.transaction(async (transaction) => {
        await setTagArchived(transaction, tagId, archived, clock.now());
        const action = archived ? 'tag.archive' : 'tag.restore';
        await platform.audit.record(transaction, { actor: asker.userId, action, object: tagId });
      });
      return get(tagId);
    },

    async setValues(tagId, values, asker, modelVersion) {
      const row = await getToEdit(tagId, asker);
      if (hasComputation(row.kind, row.model ?? undefined)) {
        throw new CodedError('tag_not_settable', { details: { tagId } });
      }
      checkTagValues(row.value_type, values);
      const startedAt = performance.now();
      const at = clock.now();
      const dueAt = row.kind === 'model' ? at + freshForMs(row) : undefined;
      const run = (await beginTagRuns(database, [tagId])).get(tagId) ?? 0;
      const { accepted, refused } = await chooseKnownPeople(values, personsOf);
      await setTagValues(clickhouse, tagId, row.value_type, run, accepted);
      const people = (await countPeopleOfTags(clickhouse, [tagId])).get(tagId) ?? 0;
      await database.transaction(async (transaction) => {
        const tookMs = performance.now() - startedAt;
        const touched = accepted.map((each) => each.personId);
        await finishTagRun(transaction, { tagId, run, at, people, tookMs, dueAt, modelVersion, touched });
        const detail = { people: accepted.length, refused: refused.length };
        await platform.audit.record(transaction, {
          actor: asker.userId,
          action: 'tag.set',
          object: tagId,
          detail,
        });
      });
      return { changed: accepted.length, refused };
    },

    tagsOf: createTagLookup(platform),
    get,
    page: (page) => pageDefinitions(database, 'tag', page),
    namingUnseen: (ids, asker) => selectNamingUnseen(database, asker, 'tag', ids),
    runs: (tagId) => selectTagRuns(database, tagId),
    frequentValues: (tagId) => selectFrequentValues(clickhouse, tagId),
    uses: async (tagId, asker) => hideUnseen(database, asker, await selectUsed(database, 'tag', tagId)),
    usedBy: async (tagId, asker) => hideUnseen(database, asker, await selectUsers(database, 'tag', tagId)),
    versions: (tagId) => selectTagVersions(database, tagId),
    compute,
  };
}

const DEFAULT_MODEL: audienceApi.TagModel = { freshForHours: 168 };

/** Whether values come of a computation here, rather than from outside. */
function hasComputation(kind: TagRow['kind'], model: audienceApi.TagModel | undefined): boolean {
  return kind === 'rule' || kind === 'sql' || (kind === 'model' && model?.scorer !== undefined);
}

async function prepareValue(
  reader: CatalogueReader,
  now: number,
  input: Pick<TagInput, 'tagId' | 'text' | 'document'>,
  asker: Asker,
): Promise<PreparedExpression> {
  const prepared = requireExpression(input, await reader.preparation(now), asker);
  if (prepared.query.kind === 'value') return prepared;
  throw new CodedError('eql_invalid', {
    details: {
      problems: [
        {
          code: 'not_allowed_here',
          en: 'A tag is a value for each person, such as count(event login) or tier { … }; this is a population.',
          zh: '标签应为每个人的取值，例如 count(event login) 或 tier { … }；这里是人群表达式。',
        },
      ],
    },
  });
}
