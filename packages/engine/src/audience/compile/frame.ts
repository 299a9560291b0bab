import type { Subject } from '../bind/bound.ts';
import type { PeopleFilter } from './people-filter.ts';

/** One pass over a table, giving one row per key with any number of aggregates. */
export interface Scan {
  /** Adds an aggregate; the same expression is computed once. Returns its column in the frame. */
  add(aggregate: string): string;
}

/** How the text of a scan is made when all its aggregates are known. */
export type ScanText = (aggregates: readonly string[]) => string;

interface OpenScan {
  readonly alias: string;
  readonly aggregates: Map<string, string>;
  readonly text: ScanText;
}

/**
 * One row per person (or entity) with everything that conditions ask of it: its own fields and the
 * aggregates of scans, each table being read once whatever the number of conditions.
 *
 * A scan's text is a query whose first column is `scan_key`; it is joined to the left of the population,
 * so that people without rows have zeros and nulls: "not done" means everybody else.
 */
export class Frame {
  readonly subject: Extract<Subject, { kind: 'person' | 'entity' }>;
  private readonly people: PeopleFilter | undefined;
  private readonly columns = new Map<string, string>();
  private readonly scans = new Map<string, OpenScan>();
  private readonly standings = new Map<string, string>();

  constructor(people: PeopleFilter | undefined, subject: Extract<Subject, { kind: 'person' | 'entity' }>) {
    this.people = people;
    this.subject = subject;
  }

  /** SQL name of the key within the frame: the person id, or the entity's id. */
  get key(): string {
    return 'frame_key';
  }

  /** Column of the subject's own table. */
  column(column: string): string {
    let alias = this.columns.get(column);
    if (alias === undefined) {
      alias = `f${this.columns.size}`;
      this.columns.set(column, alias);
    }
    return alias;
  }

  /** The scan of a name, opened when first asked for. Aggregates of one name share one pass. */
  scan(name: string, text: ScanText): Scan {
    let scan = this.scans.get(name);
    if (!scan) {
      scan = { alias: `s${this.scans.size}`, aggregates: new Map(), text };
      this.scans.set(name, scan);
    }
    const { alias, aggregates } = scan;
    return {
      add(aggregate) {
        let column = aggregates.get(aggregate);
        if (column === undefined) {
          column = `${alias}_${aggregates.size}`;
          aggregates.set(aggregate, column);
        }
        return column;
      },
    };
  }

  /** A window function over the whole population; its arguments are columns of the frame. */
  standing(expression: string): string {
    let alias = this.standings.get(expression);
    if (alias === undefined) {
      alias = `w${this.standings.size}`;
      this.standings.set(expression, alias);
    }
    return alias;
  }

  /** Query of all rows with the key and every column asked for so far. */
  toSql(): string {
    const joined = this.joinedSql();
    if (this.standings.size === 0) return joined;
    const windows = [...this.standings].map(([expression, alias]) => `${expression} AS ${alias}`);
    return `SELECT *, ${windows.join(', ')} FROM (${joined})`;
  }

  /** What the conditions asked so far need. */
  needs(): { scans: readonly string[]; hasColumns: boolean; hasStandings: boolean } {
    return {
      scans: [...this.scans.keys()],
      hasColumns: this.columns.size > 0,
      hasStandings: this.standings.size > 0,
    };
  }

  /** Rows of the only scan: the key and its aggregates, of people who have any. */
  scanSql(): string {
    const [scan] = this.scans.values();
    if (!scan || this.scans.size > 1) throw new Error('a pass is over one scan');
    return `SELECT ${['scan_key AS frame_key', ...scan.aggregates.values()].join(', ')} FROM (${textOf(scan)})`;
  }

  /** One row with the aggregates of somebody whom no scan knows; the scans should be restricted to nobody. */
  absentSql(): string {
    return this.joinedSql('SELECT toUInt64(0) AS frame_key');
  }

  private joinedSql(base: string = this.baseSql()): string {
    const scans = [...this.scans.values()];
    const columns = [...this.columns.values()];
    const parts = ['base.frame_key AS frame_key', ...columns.map((alias) => `base.${alias} AS ${alias}`)];
    const joins: string[] = [];
    for (const scan of scans) {
      joins.push(
        `LEFT ANY JOIN (${textOf(scan)}) AS ${scan.alias} ON ${scan.alias}.scan_key = base.frame_key`,
      );
      for (const alias of scan.aggregates.values()) parts.push(`${scan.alias}.${alias} AS ${alias}`);
    }
    return `SELECT ${parts.join(', ')} FROM (${base}) AS base ${joins.join(' ')}`;
  }

  private baseSql(): string {
    const isPerson = this.subject.kind === 'person';
    const key = isPerson ? 'person_id' : 'entity_id';
    const table = this.subject.kind === 'person' ? 'person' : this.subject.table;
    const columns = [...this.columns].map(([column, alias]) => `${column} AS ${alias}`);
    const people = isPerson && this.people ? ` WHERE ${this.people.present('person_id')}` : '';
    return `SELECT ${[`${key} AS frame_key`, ...columns].join(', ')} FROM ${table} FINAL${people}`;
  }
}

function textOf({ aggregates, text }: OpenScan): string {
  return text([...aggregates].map(([aggregate, alias]) => `${aggregate} AS ${alias}`));
}
