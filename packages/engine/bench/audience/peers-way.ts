import type { Platform } from '../../src/platform/index.ts';
import type { Audience } from '../../src/audience/index.ts';
import { parseEql, type EqlDocument } from '@wutong/contract';

/** A segment as the conditions that it is made of, each a population of its own. */
export interface SplitSegment {
  readonly isAll: boolean;
  readonly conditions: readonly EqlDocument[];
}

/** Takes a rule apart at its uppermost `and` or `or`. */
export function splitSegment(text: string): SplitSegment {
  const { document } = parseEql(text);
  if (document?.kind !== 'population' || !document.where) throw new Error(text);
  const { where } = document;
  const items = where.kind === 'and' || where.kind === 'or' ? where.items : [where];
  return {
    isAll: where.kind !== 'or',
    conditions: items.map((item) => ({ kind: 'population', of: 'person', where: item })),
  };
}

/**
 * Segments as systems compute them that make a query of every condition (Dittofeed's states, PostHog's cohorts): people
 * of each condition into a table, a segment's members out of those, and who entered and left since the run before.
 * The statements of the conditions are our own, so that only the way is compared.
 */
export class PeersWay {
  private runs = 0;

  constructor(
    private readonly platform: Platform,
    private readonly audience: Audience,
    private readonly segments: readonly SplitSegment[],
  ) {}

  async start(): Promise<void> {
    const { clickhouse } = this.platform;
    const keys = 'run UInt32, of UInt32, person_id UInt64';
    const engine = 'engine = MergeTree partition by run order by (of, person_id)';
    await clickhouse.command(`create or replace table bench_condition (${keys}) ${engine}`);
    await clickhouse.command(`create or replace table bench_member (${keys}) ${engine}`);
    await clickhouse.command(`create or replace table bench_change (${keys}, entered UInt8) ${engine}`);
  }

  /** Computes all segments once. */
  async compute(): Promise<void> {
    const run = ++this.runs;
    let next = 0;
    for (const [of, segment] of this.segments.entries()) {
      const places = segment.conditions.map(() => next++);
      for (const [index, document] of segment.conditions.entries())
        await this.keepCondition(run, places[index]!, document);
      await this.keepMembers(run, of, places, segment.isAll);
    }
  }

  private async keepCondition(run: number, of: number, document: EqlDocument): Promise<void> {
    const { sql, parameters } = await this.audience.peopleSql({ document }, 'p');
    await this.platform.clickhouse.command(
      `insert into bench_condition select ${run}, ${of}, person_id from (${sql})`,
      parameters,
    );
  }

  private async keepMembers(
    run: number,
    of: number,
    places: readonly number[],
    isAll: boolean,
  ): Promise<void> {
    const { clickhouse } = this.platform;
    await clickhouse.command(
      `insert into bench_member select ${run}, ${of}, person_id from bench_condition
       where run = ${run} and of in (${places.join(', ')})
       group by person_id having count() >= ${isAll ? places.length : 1}`,
    );
    await clickhouse.command(
      `insert into bench_change select ${run}, ${of}, person_id, max(run) = ${run} from bench_member
       where run in (${run - 1}, ${run}) and of = ${of} group by person_id having count() = 1`,
    );
  }

  /** Members of each segment at the newest run, to be compared. */
  async counts(): Promise<number[]> {
    const rows = await this.platform.clickhouse.query<{ of: number; members: number }>(
      `select of, count() as members from bench_member where run = ${this.runs} group by of`,
    );
    const members = new Map(rows.map((row) => [row.of, row.members]));
    return this.segments.map((_, of) => members.get(of) ?? 0);
  }
}
