import type { insightApi, ResponseOf } from '@wutong/contract';
import type { Platform } from '../../platform/index.ts';
import type { InsightNeeds } from '../needs.ts';
import { cumulativeConversion } from '../statistics/cumulative-conversion.ts';
import { readSummary, type ReadStrategy } from './read-summary.ts';
import {
  readDays,
  readEntityTitles,
  readInstitutions,
  type DayRow,
  type InstitutionRow,
} from './strategy-store.ts';

type Effect = ResponseOf<typeof insightApi.readStrategyEffect>;

const DAY_MS = 86_400_000;
/** Days drawn when the goal names no time. */
const DEFAULT_DAYS = 30;
const MAXIMUM_DAYS = 366;

/** Attribute of persons, and the type of entity it names, by which results are broken down. */
const INSTITUTION_ATTRIBUTE = 'institution_id';
const INSTITUTION_TYPE = 'institution';

/** Treated against holdout, by day since entry, content, channel and institution. @throws strategy_not_found */
export async function readEffect(
  platform: Platform,
  needs: InsightNeeds,
  strategyId: string,
): Promise<Effect> {
  const now = platform.clock.now();
  const read = await readSummary(platform, needs, strategyId);
  const goal = read.strategy.versions[0]?.document.goal;
  const [days, byInstitution, eventTitle] = await Promise.all([
    readDays(platform.clickhouse, read.scope, now),
    readByInstitution(platform, needs, read),
    goal ? needs.ingest.eventTitle(goal.event) : undefined,
  ]);
  return {
    strategyId,
    title: read.strategy.title,
    goalTitle: eventTitle || goal?.event || '',
    ...(read.entered
      ? {
          enteredFrom: new Date(read.entered.from).toISOString(),
          enteredTo: new Date(read.entered.to).toISOString(),
        }
      : {}),
    asOf: new Date(now).toISOString(),
    summary: read.summary,
    byDay: byDayOf(days, read, now, goal?.withinMs),
    byInstitution,
  };
}

/** From the first day to the last that anybody has lived or the goal allows. */
function byDayOf(
  rows: readonly DayRow[],
  { entered }: Pick<ReadStrategy, 'entered'>,
  now: number,
  withinMs: number | undefined,
): Effect['byDay'] {
  if (!entered) return [];
  const allowed = withinMs === undefined ? DEFAULT_DAYS : Math.ceil(withinMs / DAY_MS);
  const lived = Math.floor(Math.max(0, now - entered.from) / DAY_MS);
  const lastDay = Math.max(0, Math.min(lived, allowed, MAXIMUM_DAYS));
  const sharesOf = (isHoldout: boolean) =>
    cumulativeConversion(
      rows
        .filter((row) => row.is_holdout === isHoldout)
        .map((row) => ({
          watchedDays: row.watched_days,
          convertedOnDay: row.converted_on_day < 0 ? undefined : row.converted_on_day,
          people: row.people,
        })),
      lastDay,
    );
  const [treated, holdout] = [sharesOf(false), sharesOf(true)];
  return treated.map((treatedRate, day) => ({ day, treatedRate, holdoutRate: holdout[day]! }));
}

/** By institution, when the bank's model has the attribute and anybody has a value. */
async function readByInstitution(
  platform: Platform,
  needs: InsightNeeds,
  { scope }: ReadStrategy,
): Promise<Effect['byInstitution']> {
  const catalogue = await needs.profile.catalogue();
  const attribute = catalogue.attributes.find((field) => field.name === INSTITUTION_ATTRIBUTE);
  if (!attribute) return [];
  const rows = await readInstitutions(platform.clickhouse, scope, attribute.column);
  if (rows.every((row) => row.institution_id === '')) return [];
  const type = catalogue.entityTypes.find((entity) => entity.name === INSTITUTION_TYPE);
  const title = type?.fields.find((field) => field.name === type.titleField);
  const ids = [...new Set(rows.map((row) => row.institution_id))];
  const titles =
    type && title
      ? await readEntityTitles(platform.clickhouse, { table: type.table, column: title.column }, ids)
      : new Map<string, string>();
  return institutionsOf(rows, titles);
}

function institutionsOf(
  rows: readonly InstitutionRow[],
  titles: ReadonlyMap<string, string>,
): Effect['byInstitution'] {
  const institutions = new Map<string, Effect['byInstitution'][number]>();
  for (const row of rows) {
    const institution = institutions.get(row.institution_id) ?? {
      institutionId: row.institution_id,
      name: titles.get(row.institution_id) ?? row.institution_id,
      treated: { people: 0, converted: 0 },
      holdout: { people: 0, converted: 0 },
    };
    institution[row.is_holdout ? 'holdout' : 'treated'] = { people: row.people, converted: row.converted };
    institutions.set(row.institution_id, institution);
  }
  return [...institutions.values()];
}
