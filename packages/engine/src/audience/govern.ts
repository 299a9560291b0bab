import type { audienceApi } from '@wutong/contract';
import { CodedError, type Platform } from '../platform/index.ts';
import { findDuplicates } from './find-duplicates.ts';
import type { Asker } from './asker.ts';
import type { Expression } from './front-door.ts';
import { selectAllUses, selectGoverned, selectRunCosts, type GovernedRow } from './governance-store.ts';
import type { Segments } from './manage-segments.ts';
import type { Tags } from './manage-tags.ts';
import { hashMembers } from './membership-store.ts';
import { prepareExpression, requireExpression } from './prepare-expression.ts';
import type { CatalogueReader } from './read-catalogue.ts';
import { maySee } from './sharing.ts';
import { hideUnseen } from './sharing-store.ts';
import { tellMemberChange } from './tell-impact.ts';
import { dependentsOf, traceLineage, type DataKind, type LineageKind } from './trace-lineage.ts';

type Answer<
  Name extends 'readLineage' | 'readImpact' | 'readAudienceUse' | 'readDuplicates' | 'archiveMany',
> = ReturnType<(typeof audienceApi)[Name]['response']['parse']>;
type Made = { readonly kind: 'segment' | 'tag'; readonly id: string };

const COST_DAYS = 30;
const DAY_MS = 86_400_000;

/** What segments and tags depend on, cost and are good for, and the clearing away of those that are not. */
export interface Governance {
  lineage(
    focus: { kind: LineageKind; id: string } | undefined,
    data: boolean,
    language: 'zh' | 'en',
    asker: Asker,
  ): Promise<Answer<'readLineage'>>;
  /** @throws CodedError segment_not_found, tag_not_found, eql_invalid, eql_too_expensive, eql_too_slow */
  impact(target: Made, rule: Expression | undefined, asker: Asker): Promise<Answer<'readImpact'>>;
  use(
    options: {
      kind?: Made['kind'] | undefined;
      unusedDays?: number | undefined;
      ids?: readonly string[] | undefined;
      sort: 'cost' | 'name' | 'last_used';
      limit: number;
    },
    asker: Asker,
  ): Promise<Answer<'readAudienceUse'>>;
  duplicates(asker: Asker): Promise<Answer<'readDuplicates'>>;
  /** Each by itself: what is refused does not hold up the others. */
  archiveMany(items: readonly Made[], archived: boolean, asker: Asker): Promise<Answer<'archiveMany'>>;
}

export function createGovernance(
  platform: Platform,
  reader: CatalogueReader,
  manage: { readonly segments: Segments; readonly tags: Tags },
): Governance {
  const { database, clickhouse, clock } = platform;

  return {
    async lineage(focus, data, language, asker) {
      const [made, uses, catalogue] = await Promise.all([
        selectGoverned(database),
        selectAllUses(database),
        reader.catalogue(),
      ]);
      const unseen = new Set(
        made.filter((row) => !maySee(asker, row)).map(({ kind, id }) => `${kind}:${id}`),
      );
      const { model, events } = catalogue;
      const titles = new Map<string, string>();
      for (const each of model.attributes) titles.set(`attribute ${each.name}`, each.title[language]);
      for (const each of model.entityTypes) titles.set(`relation ${each.name}`, each.title[language]);
      for (const each of model.detailTypes) titles.set(`detail ${each.name}`, each.title[language]);
      for (const each of events) titles.set(`event ${each.name}`, each.title);
      const describe = (kind: DataKind, name: string): { kind: DataKind; title: string } => {
        const known = titles.get(`${kind} ${name}`);
        // A rule names details and related entities alike.
        if (known === undefined && kind === 'detail') {
          return { kind: 'relation', title: titles.get(`relation ${name}`) ?? name };
        }
        return { kind, title: known || name };
      };
      return traceLineage({ made, uses, unseen, describe }, { focus, data, language });
    },

    async impact({ kind, id }, rule, asker) {
      const segment = kind === 'segment' ? await manage.segments.get(id, asker) : undefined;
      if (kind === 'tag') await manage.tags.get(id, asker);
      const users = await hideUnseen(
        database,
        asker,
        dependentsOf(await selectAllUses(database), { kind, id }),
      );
      const usedBy = kind === 'segment' ? manage.segments.usedBy(id, asker) : manage.tags.usedBy(id, asker);
      const answer = {
        users,
        lookups: segment?.lookups ?? 0,
        canArchive: (await usedBy).length === 0,
      };
      if (!rule || !segment) return answer;
      const prepared = requireExpression(rule, await reader.preparation(clock.now()), asker);
      if (prepared.query.kind !== 'population' || prepared.query.subject.kind !== 'person') {
        throw new CodedError('eql_invalid', { details: { problems: [] } });
      }
      return { ...answer, members: await tellMemberChange(platform, segment, prepared) };
    },

    async use(options, asker) {
      const now = clock.now();
      const [made, uses, costs, preparation] = await Promise.all([
        selectGoverned(database),
        selectAllUses(database),
        selectRunCosts(database, now - COST_DAYS * DAY_MS),
        reader.preparation(now),
      ]);
      const users = countUsers(uses);
      const costOf = new Map(costs.map((cost) => [`${cost.kind}:${cost.id}`, cost]));
      const unusedSince = options.unusedDays === undefined ? undefined : now - options.unusedDays * DAY_MS;
      const wanted = options.ids && new Set(options.ids);
      const rows = made.filter((row) => {
        if (!maySee(asker, row) || row.archived || (options.kind !== undefined && row.kind !== options.kind))
          return false;
        if (wanted && !wanted.has(row.id)) return false;
        if (unusedSince === undefined) return true;
        const lastUse = Math.max(row.created_at, row.looked_up_at ?? 0);
        return !users.has(`${row.kind}:${row.id}`) && lastUse <= unusedSince;
      });
      const items = rows.map((row) => {
        const cost = costOf.get(`${row.kind}:${row.id}`);
        return {
          row,
          users: users.get(`${row.kind}:${row.id}`) ?? 0,
          cost,
        };
      });
      const order = {
        cost: (item: (typeof items)[0]) => -(item.cost?.total_ms ?? 0),
        name: () => 0,
        last_used: (item: (typeof items)[0]) => item.row.looked_up_at ?? 0,
      }[options.sort];
      items.sort((left, right) => order(left) - order(right) || (left.row.name < right.row.name ? -1 : 1));
      const rowsRead = (row: GovernedRow): number | undefined => {
        const prepared = row.document && prepareExpression({ document: row.document }, preparation);
        if (!prepared || 'problems' in prepared || !Number.isFinite(prepared.estimatedRows)) return undefined;
        return Math.round(prepared.estimatedRows);
      };
      return { items: items.slice(0, options.limit).map((item) => showUse(item, rowsRead(item.row))) };
    },

    async duplicates(asker) {
      const [made, uses] = await Promise.all([selectGoverned(database), selectAllUses(database)]);
      const users = countUsers(uses);
      const computed = made.filter((row) => row.run > 0 && !row.archived && maySee(asker, row));
      const hashes = await hashMembers(
        clickhouse,
        computed.map((row) => ({ segment_id: row.id, run: row.run })),
      );
      const groups = findDuplicates(
        made.filter((row) => maySee(asker, row)),
        hashes,
      );
      return {
        groups: groups.map(({ reason, kind, rows }) => ({
          reason,
          kind,
          items: rows.map((row) => ({
            id: row.id,
            name: row.name,
            owner: row.owner,
            ...(row.people === null ? {} : { people: row.people }),
            users: users.get(`${row.kind}:${row.id}`) ?? 0,
          })),
        })),
      };
    },

    async archiveMany(items, archived, asker) {
      const refused: Answer<'archiveMany'>['refused'] = [];
      // One that is used by another of the list can go after it: rounds, until one changes nothing.
      let waiting = [...items];
      let done = 0;
      for (let before = -1; before !== done;) {
        before = done;
        refused.length = 0;
        const left: Made[] = [];
        for (const item of waiting) {
          try {
            if (item.kind === 'segment') await manage.segments.archive(item.id, archived, asker);
            else await manage.tags.archive(item.id, archived, asker);
            done++;
          } catch (error) {
            if (!(error instanceof CodedError)) throw error;
            const usedBy = error.details?.['usedBy'] as string[] | undefined;
            refused.push({ ...item, code: error.code, ...(usedBy ? { usedBy } : {}) });
            left.push(item);
          }
        }
        waiting = left;
      }
      return { done, refused };
    },
  };
}

/** How many refer to each, by `kind:id`. */
function countUsers(uses: Awaited<ReturnType<typeof selectAllUses>>): Map<string, number> {
  const users = new Map<string, number>();
  for (const { usedKind, usedId } of uses) {
    const key = `${usedKind}:${usedId}`;
    users.set(key, (users.get(key) ?? 0) + 1);
  }
  return users;
}

const iso = (ms: number): string => new Date(ms).toISOString();

function showUse(
  item: {
    row: GovernedRow;
    users: number;
    cost: Awaited<ReturnType<typeof selectRunCosts>>[0] | undefined;
  },
  rowsRead: number | undefined,
): Answer<'readAudienceUse'>['items'][0] {
  const { row, users, cost } = item;
  return {
    kind: row.kind,
    id: row.id,
    name: row.name,
    owner: row.owner,
    folder: row.folder,
    createdAt: iso(row.created_at),
    users,
    lookups: row.lookups,
    ...(row.looked_up_at === null ? {} : { lastLookupAt: iso(row.looked_up_at) }),
    runs: cost?.runs ?? 0,
    totalMs: cost?.total_ms ?? 0,
    ...(cost && cost.last_at !== null ? { lastRunAt: iso(cost.last_at) } : {}),
    ...(cost && cost.last_ms !== null ? { lastRunMs: cost.last_ms } : {}),
    ...(rowsRead === undefined ? {} : { rowsRead }),
  };
}
