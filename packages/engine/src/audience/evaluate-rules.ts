import type { EqlDocument } from '@wutong/contract';
import type { Platform } from '../platform/index.ts';
import type { BoundValue } from './bind/bound.ts';
import { SHARED_SEGMENTS } from './compute-block.ts';
import type { SharedStatement } from './compile/compile.ts';
import { restriction } from './expressions.ts';
import { prepareExpression, type PreparedExpression } from './prepare-expression.ts';
import type { CatalogueReader } from './read-catalogue.ts';
import { openStatement, run } from './run-expression.ts';
import { selectRuleSegments, type SegmentRow } from './segment-store.ts';
import { shownValues } from './show-tag-values.ts';
import { selectRuleTags, type TagRow } from './tag-store.ts';
import { heldValue, type HeldTag } from './tag-value-store.ts';

/** Rule segments decided for one person at this instant, and whether the person is in each. */
export type DecidedSegments = ReadonlyMap<string, { readonly row: SegmentRow; readonly inside: boolean }>;
/** Rule tags of one person at this instant; no values: the person has none. */
export type DecidedTags = ReadonlyMap<string, { readonly row: TagRow; readonly values: string[] }>;

interface Prepared<Row> {
  readonly row: Row;
  readonly prepared: PreparedExpression;
}

/** One person's rules, asked at one instant. */
interface Asked {
  readonly platform: Platform;
  readonly reader: CatalogueReader;
  readonly personId: number;
}

/**
 * Decides every rule segment for one person now, many in one statement that reads the rows of the person only.
 * Left out, so that their last computation stands: rules that compare people with one another (they need everybody),
 * and rules that cannot be bound any more.
 * @throws CodedError eql_too_slow, eql_too_expensive
 */
export async function evaluateRules(asked: Asked): Promise<DecidedSegments> {
  const found = await evaluateEach(asked, await selectRuleSegments(asked.platform.database), {
    isMeant: ({ query }) => query.kind === 'population' && query.subject.kind === 'person',
    column: (statement, { query }) => `toBool(${statement.condition(query)})`,
  });
  return new Map(
    found.map(({ row, answer }) => [row.segment_id, { row, inside: Boolean(answer as boolean | undefined) }]),
  );
}

/** The same of every rule tag: its values for one person now. @throws CodedError eql_too_slow, eql_too_expensive */
export async function evaluateTags(asked: Asked): Promise<DecidedTags> {
  const found = await evaluateEach(asked, await selectRuleTags(asked.platform.database), {
    isMeant: ({ query }) => query.kind === 'value',
    column(statement, { query }) {
      const { type } = valueOf(query);
      const { present, texts, numbers } = heldValue(type, statement.value(valueOf(query)));
      return `tuple(${present}, ${texts}, ${numbers})`;
    },
  });
  return new Map(
    found.map(({ row, prepared, answer }) => {
      const [isPresent, texts, numbers] = (answer ?? NO_VALUE) as Value;
      const values = isPresent ? shownValues(valueOf(prepared.query).type, texts, numbers) : [];
      return [row.tag_id, { row, values }];
    }),
  );
}

type Value = [isPresent: number, texts: HeldTag['texts'], numbers: HeldTag['numbers']];
const NO_VALUE: Value = [0, [], []];

function valueOf(query: PreparedExpression['query']): BoundValue {
  if (query.kind !== 'value') throw new Error('Only values are evaluated as tags.');
  return query.value;
}

/** Answers of the rules that can be decided for one person; none where the person is not among the present people. */
async function evaluateEach<Row extends { readonly document: EqlDocument | null }>(
  { platform, reader, personId }: Asked,
  rows: readonly Row[],
  rule: {
    isMeant: (prepared: PreparedExpression) => boolean;
    column: (statement: SharedStatement, prepared: PreparedExpression) => string;
  },
): Promise<(Prepared<Row> & { answer: unknown })[]> {
  await reader.catchUp([personId]);
  const now = platform.clock.now();
  const preparation = await reader.preparation(now);
  const rules = rows.flatMap((row): Prepared<Row>[] => {
    if (!row.document) return [];
    const prepared = prepareExpression({ document: row.document }, preparation);
    if ('problems' in prepared || !rule.isMeant(prepared)) return [];
    return restriction(prepared, [personId]).people ? [{ row, prepared }] : [];
  });
  const answers: (Prepared<Row> & { answer: unknown })[] = [];
  for (let start = 0; start < rules.length; start += SHARED_SEGMENTS) {
    const block = rules.slice(start, start + SHARED_SEGMENTS);
    const first = block[0]!.prepared;
    const statement = openStatement(first, now, restriction(first, [personId]));
    const columns = block.map(
      ({ prepared }, index) => `${rule.column(statement, prepared)} AS answer${index}`,
    );
    const person = statement.parameters.bind('UInt64', personId);
    const [found] = await run<Record<string, unknown>>(
      platform.clickhouse,
      `SELECT ${columns.join(', ')} FROM (${statement.rows()}) WHERE frame_key = ${person}`,
      statement.parameters.values,
    );
    answers.push(...block.map((each, index) => ({ ...each, answer: found?.[`answer${index}`] })));
  }
  return answers;
}
