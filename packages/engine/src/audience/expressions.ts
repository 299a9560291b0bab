import { formatEql } from '@wutong/contract';
import { CodedError, type Platform } from '../platform/index.ts';
import { conditionEffects } from './condition-effects.ts';
import type { CatalogueReader } from './read-catalogue.ts';
import type { Asker } from './asker.ts';
import type { Audience, Expression } from './front-door.ts';
import { prepareExpression, requireExpression, type PreparedExpression } from './prepare-expression.ts';
import {
  countPeople,
  INTERACTIVE_SETTINGS,
  listKeys,
  onlyPeople,
  openStatement,
  run,
} from './run-expression.ts';

/** Largest page of people. */
const MAXIMUM_PAGE = 100_000;
/** People evaluated in one statement; more are split. */
const EVALUATE_BLOCK = 50_000;

export type Expressions = Pick<
  Audience,
  'check' | 'count' | 'effects' | 'people' | 'streamPeople' | 'evaluate' | 'values' | 'peopleSql'
>;

/** Expressions that are asked once: checked, counted, listed, evaluated for some people. */
export function createExpressions(platform: Platform, reader: CatalogueReader): Expressions {
  const { clickhouse, clock } = platform;

  async function prepare(expression: Expression, now: number, asker?: Asker): Promise<PreparedExpression> {
    return requireExpression(expression, await reader.preparation(now), asker);
  }

  async function preparePeople(
    expression: Expression,
    now: number,
    asker?: Asker,
  ): Promise<PreparedExpression> {
    const prepared = await prepare(expression, now, asker);
    const { query } = prepared;
    if (query.kind === 'population' && query.subject.kind === 'person') return prepared;
    throw new CodedError('eql_invalid', {
      details: {
        problems: [
          {
            code: 'not_allowed_here',
            en: 'A population of people is needed here: person where …',
            zh: '此处需要以自然人为总体的表达式：person where …',
          },
        ],
      },
    });
  }

  return {
    async check(expression, asker) {
      const prepared = prepareExpression(expression, await reader.preparation(clock.now()), asker);
      if ('problems' in prepared) {
        const { problems, document } = prepared;
        return { problems, ...(document ? { document, text: formatEql(document) } : {}) };
      }
      const { document, query, estimatedRows, allowed } = prepared;
      return {
        problems: [],
        document,
        text: formatEql(document),
        ...(query.kind === 'value' ? { valueType: query.value.type } : {}),
        estimate: { rows: Number.isFinite(estimatedRows) ? Math.round(estimatedRows) : -1, allowed },
      };
    },

    async count(expression, asker, options = {}) {
      await reader.catchUp();
      const now = clock.now();
      const prepared = await prepare(expression, now, asker);
      if (prepared.query.kind !== 'population') await preparePeople(expression, now, asker);
      return countPeople(platform, prepared, now, options.breakdown === true);
    },

    async effects(expression, asker) {
      await reader.catchUp();
      const now = clock.now();
      const prepared = await prepare(expression, now, asker);
      if (prepared.query.kind !== 'population') await preparePeople(expression, now, asker);
      return conditionEffects(platform, prepared, now);
    },

    async people(expression, page, asker) {
      await reader.catchUp();
      const now = clock.now();
      const limit = Math.min(page.limit, MAXIMUM_PAGE);
      const prepared = await preparePeople(expression, now, asker);
      // One more than asked says whether there is a next page.
      const keys = (await listKeys(platform, prepared, now, {
        after: page.after,
        limit: limit + 1,
      })) as number[];
      const personIds = keys.slice(0, limit);
      const last = personIds.at(-1);
      return keys.length > limit && last !== undefined ? { personIds, nextAfter: last } : { personIds };
    },

    async *streamPeople(expression) {
      await reader.catchUp();
      const now = clock.now();
      const statement = openStatement(await preparePeople(expression, now), now);
      const condition = statement.condition((await preparePeople(expression, now)).query);
      const sql = `SELECT frame_key FROM (${statement.rows()}) WHERE ${condition} ORDER BY frame_key`;
      const blocks = clickhouse.queryStream<{ frame_key: number }>(sql, statement.parameters.values, {
        ...INTERACTIVE_SETTINGS,
        max_execution_time: 3_600,
      });
      for await (const rows of blocks) yield rows.map((row) => row.frame_key);
    },

    async evaluate(expression, personIds, now = clock.now()) {
      const found = new Set<number>();
      if (personIds.length === 0) return found;
      await reader.catchUp(personIds);
      const prepared = await preparePeople(expression, now);
      for (let start = 0; start < personIds.length; start += EVALUATE_BLOCK) {
        const block = personIds.slice(start, start + EVALUATE_BLOCK);
        const statement = openStatement(prepared, now, restriction(prepared, block));
        const condition = statement.condition(prepared.query);
        const ids = statement.parameters.bind('Array(UInt64)', block);
        const rows = await run<{ frame_key: number }>(
          clickhouse,
          `SELECT frame_key FROM (${statement.rows()}) WHERE ${condition} AND frame_key IN ${ids}`,
          statement.parameters.values,
        );
        for (const row of rows) found.add(row.frame_key);
      }
      return found;
    },

    async values(expression, personIds, now = clock.now()) {
      const values = new Map<number, unknown>();
      if (personIds.length === 0) return values;
      await reader.catchUp(personIds);
      const prepared = await prepare(expression, now);
      if (prepared.query.kind !== 'value') {
        throw new CodedError('eql_invalid', {
          details: {
            problems: [
              {
                code: 'not_allowed_here',
                en: 'A value is needed here, not a population.',
                zh: '此处需要取值表达式，而不是人群。',
              },
            ],
          },
        });
      }
      const statement = openStatement(prepared, now, restriction(prepared, personIds));
      const value = statement.value(prepared.query.value);
      const ids = statement.parameters.bind('Array(UInt64)', [...personIds]);
      const rows = await run<{ frame_key: number; value: unknown }>(
        clickhouse,
        `SELECT frame_key, ${value} AS value FROM (${statement.rows()}) WHERE frame_key IN ${ids}`,
        statement.parameters.values,
      );
      for (const row of rows) {
        const empty = Array.isArray(row.value) && row.value.length === 0;
        if (row.value !== null && !empty) values.set(row.frame_key, row.value);
      }
      return values;
    },

    async peopleSql(expression, prefix, asker) {
      await reader.catchUp();
      const now = clock.now();
      const prepared = await preparePeople(expression, now, asker);
      const statement = openStatement(prepared, now, { prefix });
      const condition = statement.condition(prepared.query);
      const sql = `SELECT frame_key AS person_id FROM (${statement.rows()}) WHERE ${condition}`;
      return { sql, parameters: statement.parameters.values };
    },
  };
}

/** Standings need the whole population; everything else reads the rows of the given people only. */
export function restriction(
  prepared: PreparedExpression,
  personIds: readonly number[],
): { people?: ReturnType<typeof onlyPeople> } {
  const needsAll = /"kind":"(standing|rfm)"/.test(JSON.stringify(prepared.query));
  return needsAll ? {} : { people: onlyPeople(personIds) };
}
